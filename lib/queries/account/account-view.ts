import { activeAdmins } from '#lib/auth/account-news'
import { confirmersOf } from '#lib/auth/confirmers'
import { type Factor, factorKey, listFactors } from '#lib/auth/factors'
import { RECOVERY_CODES_FEW } from '#lib/auth/recovery-code'
import { SESSION_IDLE_MS, type SignedIn } from '#lib/auth/session'
import type { Config } from '#lib/config'
import type { Runtime } from '#lib/runtime'
import type {
  AccountView,
  FactorStanding,
  FactorView,
  RecoveryView,
  SessionView,
} from '#lib/wire/views/account'
import type { ProofWays } from '#lib/wire/views/common'
import { roleWords } from '../role-words'
import { slackLinkView, workspaceOf } from '../slack/link-view'
import { liveLinkOfPerson } from '../slack/live-link'
import { oneOf } from '../ticket/people-words'
import { browserName } from './browser-name'
import { waitingFactors } from './waiting-factors'

const MOST_SESSIONS = 50
const NO_WAYS: ProofWays = { passkey: false, code: false }

/** Everything of a person's own, and what waits for them to confirm. */
export async function accountView(
  runtime: Pick<Runtime, 'db' | 'now'> & { config: Pick<Config, 'slack'> },
  viewer: SignedIn,
): Promise<AccountView> {
  const now = runtime.now()
  const [factors, groups, sessions, waiting, link, workspace, recovery, lock] = await Promise.all([
    listFactors(runtime.db, viewer.personId),
    groupsOf(runtime, viewer.personId, now),
    sessionsOf(runtime, viewer, now),
    waitingFactors(runtime, viewer.personId),
    liveLinkOfPerson(runtime.db, viewer.personId),
    workspaceOf(runtime.db),
    recoveryOf(runtime, viewer.personId),
    lockOf(runtime, viewer.personId, now),
  ])
  const isRecovery = viewer.method === 'recovery'
  return {
    person: {
      name: viewer.name,
      email: viewer.email,
      roles: viewer.roles.map(roleWords),
      groups,
    },
    // No factor counts in such a session: nothing is asked for one, and the deeds themselves refuse.
    ways: isRecovery ? NO_WAYS : waysOf(factors),
    isRecovery,
    recovery,
    lock,
    factors: await Promise.all(factors.map((factor) => factorView(runtime, factor, viewer))),
    sessions,
    waiting,
    slack: {
      isOn: runtime.config.slack !== null,
      link: link && slackLinkView(link, workspace),
    },
  }
}

export function waysOf(factors: Pick<Factor, 'ref' | 'confirmedAt'>[]): ProofWays {
  const has = (kind: string) =>
    factors.some(({ ref, confirmedAt }) => ref.kind === kind && confirmedAt !== null)
  return { passkey: has('passkey'), code: has('totp') }
}

async function factorView(
  runtime: Pick<Runtime, 'db'>,
  factor: Factor,
  viewer: SignedIn,
): Promise<FactorView> {
  const { ref, name, addedAt, lastUsedAt, synced } = factor
  return {
    key: factorKey(ref),
    ref,
    name,
    addedAt: new Date(addedAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    synced,
    standing: await standingOf(runtime, factor, viewer),
  }
}

async function standingOf(
  { db }: Pick<Runtime, 'db'>,
  factor: Factor,
  viewer: SignedIn,
): Promise<FactorStanding> {
  const { confirmedAt, confirmedBy } = factor
  if (confirmedAt !== null) {
    const at = new Date(confirmedAt).toISOString()
    if (confirmedBy === viewer.personId) return { kind: 'confirmed', at, by: 'self', byName: null }
    const other = confirmedBy === null ? [] : await namesOf({ db }, [confirmedBy])
    return { kind: 'confirmed', at, by: 'other', byName: other[0] ?? null }
  }
  const { personIds } = await confirmersOf(db, factor)
  const mayConfirmAlone = personIds.includes(viewer.personId)
  const names = mayConfirmAlone ? [] : await namesOf({ db }, personIds)
  return { kind: 'waits', confirmers: oneOf(names), mayConfirmAlone }
}

async function namesOf({ db }: Pick<Runtime, 'db'>, ids: string[]): Promise<string[]> {
  const where = { id: { in: ids } }
  const people = await db.person.findMany({
    where,
    select: { name: true },
    orderBy: { name: 'asc' },
  })
  return people.map(({ name }) => name)
}

async function recoveryOf({ db }: Pick<Runtime, 'db'>, personId: string): Promise<RecoveryView> {
  const rows = await db.recoveryCode.findMany({
    where: { personId },
    select: { createdAt: true, usedAt: true },
  })
  const leftCount = rows.filter(({ usedAt }) => usedAt === null).length
  const madeAt = rows[0]?.createdAt.toISOString() ?? null
  return { leftCount, madeAt, isFew: madeAt !== null && leftCount <= RECOVERY_CODES_FEW }
}

async function lockOf(
  { db }: Pick<Runtime, 'db'>,
  personId: string,
  now: number,
): Promise<AccountView['lock']> {
  const totp = await db.totp.findUnique({ where: { personId }, select: { lockedUntil: true } })
  if (!totp?.lockedUntil || totp.lockedUntil.getTime() <= now) return null
  const others = (await activeAdmins(db)).filter(({ id }) => id !== personId)
  const unlockers = oneOf(others.map(({ name }) => name))
  return { until: totp.lockedUntil.toISOString(), unlockers }
}

async function groupsOf({ db }: Pick<Runtime, 'db'>, personId: string, now: number) {
  const rows = await db.groupMember.findMany({
    where: { personId, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }] },
    select: { expiresAt: true, group: { select: { label: true } } },
    orderBy: { group: { label: 'asc' } },
  })
  return rows.map(({ group, expiresAt }) => ({
    label: group.label,
    endsAt: expiresAt?.toISOString() ?? null,
  }))
}

/** Those that would still let somebody in, this one first and then the latest used. */
async function sessionsOf(
  { db }: Pick<Runtime, 'db'>,
  viewer: SignedIn,
  now: number,
): Promise<SessionView[]> {
  const rows = await db.session.findMany({
    where: {
      personId: viewer.personId,
      revokedAt: null,
      expiresAt: { gt: new Date(now) },
      lastSeenAt: { gt: new Date(now - SESSION_IDLE_MS) },
    },
    orderBy: { lastSeenAt: 'desc' },
    take: MOST_SESSIONS,
  })
  const views = rows.map((row) => ({
    id: row.id,
    isThis: row.id === viewer.sessionId,
    browser: browserName(row.userAgent),
    method: methodOf(row.method),
    startedAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
  }))
  return views.sort((a, b) => Number(b.isThis) - Number(a.isThis))
}

function methodOf(method: string): SessionView['method'] {
  return method === 'passkey' || method === 'oidc' || method === 'recovery' ? method : 'link'
}
