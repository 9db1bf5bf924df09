import { listFactors } from '#lib/auth/factors'
import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import type { PeopleQuery } from '#lib/wire/people'
import type { PeopleView, PersonAccountView, PersonRowView } from '#lib/wire/views/people'
import { waysOf } from '../account/account-view'
import { roleWords } from '../role-words'
import { slackLinkView, type TeamRow, workspaceOf } from '../slack/link-view'
import { dualControlView } from './dual-control-view'

const PAGE_ROWS = 50

/** The people of this installation, a page at a time, by name. */
export async function peopleView(
  runtime: Pick<Runtime, 'config' | 'db' | 'now'>,
  viewer: Pick<SignedIn, 'personId' | 'roles' | 'method'>,
  query: PeopleQuery,
): Promise<PeopleView> {
  const { db, config } = runtime
  const isAdmin = viewer.roles.includes('admin')
  const [people, workspace, factors, dualControl, active, unlinked, gone] = await Promise.all([
    readPeople(runtime, query),
    workspaceOf(db),
    isAdmin && viewer.method !== 'recovery' ? listFactors(db, viewer.personId) : null,
    isAdmin ? dualControlView(runtime) : null,
    db.person.count({ where: WHERE.active }),
    db.person.count({ where: WHERE.unlinked }),
    db.person.count({ where: WHERE.gone }),
  ])
  const shown = people.slice(0, PAGE_ROWS)
  return {
    tab: query.tab,
    tabCounts: { active, unlinked, gone },
    text: query.text,
    hasSlack: config.slack !== null,
    canUnlink: isAdmin,
    ways: factors && waysOf(factors),
    dualControl,
    rows: shown.map((person) =>
      rowOf(person, { workspace, viewerId: viewer.personId, isAdmin, now: runtime.now() }),
    ),
    nextAfter: people.length > PAGE_ROWS ? (shown.at(-1)?.id ?? null) : null,
  }
}

const LIVE_LINK = { endedAt: null }
const WHERE = {
  active: { active: true },
  unlinked: { active: true, slackLinks: { none: LIVE_LINK } },
  gone: { active: false },
}

type PersonRecord = Awaited<ReturnType<typeof readPeople>>[number]

async function readPeople({ db, now }: Pick<Runtime, 'db' | 'now'>, query: PeopleQuery) {
  const last =
    query.after === null
      ? null
      : await db.person.findUnique({
          where: { id: query.after },
          select: { id: true, name: true },
        })
  const literal = query.text.replaceAll(/[\\%_]/g, '\\$&')
  const matches = { contains: literal, mode: 'insensitive' as const }
  return await db.person.findMany({
    where: {
      AND: [
        WHERE[query.tab],
        query.text === '' ? {} : { OR: [{ name: matches }, { email: matches }] },
        last === null
          ? {}
          : { OR: [{ name: { gt: last.name } }, { name: last.name, id: { gt: last.id } }] },
      ],
    },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: PAGE_ROWS + 1,
    select: {
      id: true,
      name: true,
      email: true,
      roles: true,
      active: true,
      memberships: {
        where: { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now()) } }] },
        select: { expiresAt: true, group: { select: { label: true } } },
        orderBy: { group: { label: 'asc' } },
      },
      passkeys: { where: { revokedAt: null }, select: { confirmedAt: true } },
      totp: { select: { verifiedAt: true, confirmedAt: true, lockedUntil: true } },
      sessions: { select: { createdAt: true }, orderBy: { createdAt: 'desc' }, take: 1 },
      _count: { select: { recoveryCodes: { where: { usedAt: null } } } },
      slackLinks: { where: LIVE_LINK, take: 1 },
    },
  })
}

interface Reader {
  workspace: TeamRow | null
  viewerId: string
  isAdmin: boolean
  /** Epoch ms. */
  now: number
}

function rowOf(person: PersonRecord, { workspace, viewerId, isAdmin, now }: Reader): PersonRowView {
  const { totp, slackLinks } = person
  const factors = [...person.passkeys, ...(totp?.verifiedAt ? [totp] : [])]
  const confirmed = factors.filter(({ confirmedAt }) => confirmedAt !== null)
  const [link] = slackLinks
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    isActive: person.active,
    isViewer: person.id === viewerId,
    roles: person.roles.map(roleWords),
    groups: person.memberships.map(({ expiresAt, group }) => ({
      label: group.label,
      endsAt: expiresAt?.toISOString() ?? null,
    })),
    factorCount: confirmed.length,
    waitingFactorCount: factors.length - confirmed.length,
    account: isAdmin && person.active ? accountOf(person, now) : null,
    slack: link ? slackLinkView(link, workspace) : null,
  }
}

function accountOf(person: PersonRecord, now: number): PersonAccountView {
  const { passkeys, totp, sessions } = person
  const isLocked = totp?.lockedUntil != null && totp.lockedUntil.getTime() > now
  return {
    passkeyCount: passkeys.length,
    hasApp: totp?.verifiedAt != null,
    lockedUntil: isLocked ? (totp.lockedUntil?.toISOString() ?? null) : null,
    recoveryCodeCount: person._count.recoveryCodes,
    lastSignInAt: sessions[0]?.createdAt.toISOString() ?? null,
  }
}
