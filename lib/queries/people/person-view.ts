import { type Factor, factorKey, listFactors } from '#lib/auth/factors'
import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import { ROLES } from '#lib/wire/change'
import { maySitInGroups } from '#lib/wire/seats'
import type {
  MembershipView,
  PersonActsView,
  PersonPageView,
  PersonVoteView,
} from '#lib/wire/views/people'
import { waysOf } from '../account/account-view'
import { slackLinkView, workspaceOf } from '../slack/link-view'
import { dualControlView } from './dual-control-view'
import { liveSession, ownedCaller } from './leaving-view'

const MOST_CALLERS = 20
const MOST_VOTES = 10
/** Kept by a trigger from the role: see the migration. */
export const BY_ROLE = 'admins'

type Reading = Pick<Runtime, 'config' | 'db' | 'now'>
type Viewer = Pick<SignedIn, 'personId' | 'roles' | 'method'>

/** One person; null where there is none. What concerns their account is for admins. */
export async function personView(
  runtime: Reading,
  viewer: Viewer,
  personId: string,
): Promise<PersonPageView | null> {
  const person = await readPerson(runtime, personId)
  if (person === null) return null
  const isAdmin = viewer.roles.includes('admin')
  const { db } = runtime
  const [workspace, factors, votes, callerCount] = await Promise.all([
    workspaceOf(db),
    listFactors(db, personId),
    votesOf(db, personId),
    db.caller.count({ where: ownedCaller(personId) }),
  ])
  const confirmed = factors.filter(({ confirmedAt }) => confirmedAt !== null)
  const [link] = person.slackLinks
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    isActive: person.active,
    isViewer: person.id === viewer.personId,
    addedAt: person.createdAt.toISOString(),
    leftAt: person.deactivatedAt?.toISOString() ?? null,
    roles: ROLES.filter((role) => person.roles.includes(role)),
    groups: person.memberships.map(membershipView),
    factorCount: confirmed.length,
    waitingFactorCount: factors.length - confirmed.length,
    hasSlack: runtime.config.slack !== null,
    slack: link ? slackLinkView(link, workspace) : null,
    callers: person.ownedCallers,
    callerCount,
    votes,
    account: isAdmin ? await accountOf(runtime, person, factors) : null,
    acts: isAdmin && viewer.method !== 'recovery' ? await actsOf(runtime, viewer, person) : null,
  }
}

type PersonRecord = NonNullable<Awaited<ReturnType<typeof readPerson>>>

function readPerson({ db, now }: Reading, id: string) {
  return db.person.findUnique({
    where: { id },
    select: {
      id: true,
      name: true,
      email: true,
      roles: true,
      active: true,
      createdAt: true,
      deactivatedAt: true,
      memberships: {
        where: { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now()) } }] },
        select: { expiresAt: true, group: { select: { name: true, label: true } } },
        orderBy: { group: { label: 'asc' } },
      },
      totp: { select: { lockedUntil: true, verifiedAt: true } },
      sessions: { select: { createdAt: true }, orderBy: { createdAt: 'desc' }, take: 1 },
      _count: { select: { recoveryCodes: { where: { usedAt: null } } } },
      slackLinks: { where: { endedAt: null }, take: 1 },
      oidcIdentities: { select: { issuer: true }, orderBy: { linkedAt: 'desc' }, take: 1 },
      ownedCallers: {
        where: { active: true, kind: { not: 'console' } },
        select: { id: true, name: true },
        orderBy: { name: 'asc' },
        take: MOST_CALLERS,
      },
    },
  })
}

function membershipView({ group, expiresAt }: PersonRecord['memberships'][number]): MembershipView {
  const { name, label } = group
  return { name, label, endsAt: expiresAt?.toISOString() ?? null, isByRole: name === BY_ROLE }
}

/** By an index of its own: a person may have voted for years. */
async function votesOf(db: Runtime['db'], personId: string): Promise<PersonVoteView[]> {
  const rows = await db.vote.findMany({
    where: { personId },
    orderBy: { at: 'desc' },
    take: MOST_VOTES,
    select: {
      id: true,
      requestId: true,
      choice: true,
      at: true,
      endedAt: true,
      request: { select: { goal: true } },
    },
  })
  return rows.map(({ id, requestId, choice, at, endedAt, request }) => ({
    id,
    requestId,
    goal: request.goal,
    choice,
    at: at.toISOString(),
    isLive: endedAt === null,
  }))
}

async function accountOf(
  { db, now }: Reading,
  person: PersonRecord,
  factors: Factor[],
): Promise<PersonPageView['account']> {
  const at = now()
  const lockedUntil = person.totp?.lockedUntil ?? null
  const [identity] = person.oidcIdentities
  return {
    singleSignOn: identity ? new URL(identity.issuer).host : null,
    passkeyCount: factors.filter(({ ref }) => ref.kind === 'passkey').length,
    hasApp: factors.some(({ ref }) => ref.kind === 'totp'),
    lockedUntil:
      lockedUntil !== null && lockedUntil.getTime() > at ? lockedUntil.toISOString() : null,
    recoveryCodeCount: person._count.recoveryCodes,
    lastSignInAt: person.sessions[0]?.createdAt.toISOString() ?? null,
    sessionCount: await db.session.count({ where: liveSession(person.id, at) }),
    factors: factors.map(({ ref, name, addedAt, confirmedAt }) => ({
      key: factorKey(ref),
      name,
      addedAt: new Date(addedAt).toISOString(),
      isConfirmed: confirmedAt !== null,
    })),
  }
}

async function actsOf(
  runtime: Reading,
  viewer: Viewer,
  person: PersonRecord,
): Promise<PersonActsView> {
  const isIn = new Set(person.memberships.map(({ group }) => group.name))
  const [factors, dualControl, groups] = await Promise.all([
    listFactors(runtime.db, viewer.personId),
    dualControlView(runtime),
    runtime.db.group.findMany({
      where: { name: { not: BY_ROLE } },
      select: { name: true, label: true },
      orderBy: { label: 'asc' },
    }),
  ])
  const isOffered = person.active && maySitInGroups(person.roles)
  return {
    ways: waysOf(factors),
    dualControl,
    groups: isOffered ? groups.filter(({ name }) => !isIn.has(name)) : [],
  }
}
