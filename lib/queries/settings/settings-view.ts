import { listFactors } from '#lib/auth/factors'
import type { SignedIn } from '#lib/auth/session'
import { windowAt } from '#lib/core/policy/window'
import { readKeys } from '#lib/keys/read-keys'
import type { Runtime } from '#lib/runtime'
import type { CalendarView, SettingsView } from '#lib/wire/views/settings'
import { waysOf } from '../account/account-view'
import { evidenceDue } from './evidence-due'
import { healthView } from './health-view'
import { keysView } from './keys-view'

const MOST_DUE = 1_000

/** What this installation is set to, and how its parts are. For admins. */
export async function settingsView(
  runtime: Pick<Runtime, 'db' | 'config' | 'now' | 'decisionPoints' | 'policies'>,
  viewer: Pick<SignedIn, 'personId' | 'method'>,
): Promise<SettingsView> {
  const { db, config } = runtime
  const now = runtime.now()
  const [installation, keys, due, policy, routing, health, factors] = await Promise.all([
    db.installation.findUniqueOrThrow({ where: { id: 1 } }),
    readKeys(db),
    evidenceDue(db, now, MOST_DUE),
    currentPolicy(runtime),
    db.slackRouting.findFirst({ orderBy: { ordinal: 'desc' } }),
    healthView(runtime),
    listFactors(db, viewer.personId),
  ])
  return {
    organisation: installation.name,
    publicUrl: config.publicUrl,
    dualControlAt: installation.dualControlAt?.toISOString() ?? null,
    keys: keysView(keys, now),
    evidenceDays: installation.evidenceDays,
    dueCount: due.length,
    mostDue: MOST_DUE,
    policyVersion: policy?.version ?? null,
    calendars: Object.entries(policy?.calendars ?? {}).map(([name, calendar]): CalendarView => {
      const { open, opensAt, shutsAt } = windowAt(calendar, now)
      const changesAt = open ? shutsAt : opensAt
      return {
        name,
        label: calendar.label,
        zone: calendar.zone,
        isOpen: open,
        changesAt: changesAt === undefined ? null : new Date(changesAt).toISOString(),
      }
    }),
    mail: config.mail && { from: config.mail.from },
    routing: routing && {
      ordinal: routing.ordinal,
      publishedAt: routing.publishedAt.toISOString(),
    },
    health,
    // A recovery code is a way to the door, and to nothing behind it.
    ways: viewer.method === 'recovery' ? { passkey: false, code: false } : waysOf(factors),
  }
}

async function currentPolicy({ db, policies }: Pick<Runtime, 'db' | 'policies'>) {
  const newest = await db.policyVersion.findFirst({
    where: { name: policies.name },
    orderBy: { ordinal: 'desc' },
    select: { version: true },
  })
  return newest && (await policies.get(newest.version))
}
