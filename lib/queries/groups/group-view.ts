import type { Runtime } from '#lib/runtime'
import { SEATED_ROLES } from '#lib/wire/seats'
import type { CandidatesView, GroupView, MemberView } from '#lib/wire/views/groups'
import { groupActs, readGroups, type Viewer } from './groups-view'

const MOST_MEMBERS = 500
const MOST_CANDIDATES = 300
const MOST_OPEN = 3

/** One group with its members; null where nobody has made it. */
export async function groupView(
  runtime: Pick<Runtime, 'db' | 'policies' | 'now'>,
  viewer: Viewer,
  name: string,
): Promise<GroupView | null> {
  const { rows, gaps } = await readGroups(runtime, name)
  const [row] = rows
  if (row === undefined || row.isMissing) return null
  const [members, open, acts] = await Promise.all([
    readMembers(runtime, name),
    runtime.db.$queryRawUnsafe<GroupView['open']>(OPEN, name),
    groupActs(runtime, viewer),
  ])
  if (acts === null) return { ...row, gaps, members, open, acts: null }
  const candidates = row.isByRole
    ? { people: [], hasMore: false }
    : await readCandidates(runtime.db, members)
  return { ...row, gaps, members, open, acts: { ...acts, candidates } }
}

const OPEN = `
SELECT r.id, r.goal FROM requests r
WHERE r.state = 'open' AND r.waiting_groups @> ARRAY[$1::text] ORDER BY r.submitted_at DESC, r.id LIMIT ${MOST_OPEN}`

async function readMembers(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  groupName: string,
): Promise<MemberView[]> {
  const rows = await db.groupMember.findMany({
    where: {
      groupName,
      person: { active: true },
      OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now()) } }],
    },
    orderBy: [{ person: { name: 'asc' } }, { personId: 'asc' }],
    take: MOST_MEMBERS,
    select: {
      expiresAt: true,
      addedAt: true,
      addedBy: true,
      person: {
        select: {
          id: true,
          name: true,
          email: true,
          passkeys: {
            where: { revokedAt: null, confirmedAt: { not: null } },
            select: { id: true },
            take: 1,
          },
          totp: { select: { confirmedAt: true, verifiedAt: true } },
        },
      },
    },
  })
  const adders = await db.person.findMany({
    where: { id: { in: [...new Set(rows.flatMap(({ addedBy }) => addedBy ?? []))] } },
    select: { id: true, name: true },
  })
  const nameOf = new Map(adders.map(({ id, name }) => [id, name]))
  return rows.map(({ person, expiresAt, addedAt, addedBy }) => ({
    id: person.id,
    name: person.name,
    email: person.email,
    hasFactor:
      person.passkeys.length > 0 ||
      (person.totp?.confirmedAt != null && person.totp.verifiedAt !== null),
    endsAt: expiresAt?.toISOString() ?? null,
    addedAt: addedAt.toISOString(),
    addedByName: addedBy === null ? null : (nameOf.get(addedBy) ?? null),
  }))
}

async function readCandidates(
  db: Runtime['db'],
  members: readonly MemberView[],
): Promise<CandidatesView> {
  const people = await db.person.findMany({
    where: {
      active: true,
      roles: { hasSome: [...SEATED_ROLES] },
      id: { notIn: members.map(({ id }) => id) },
    },
    select: { id: true, name: true, email: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: MOST_CANDIDATES + 1,
  })
  return {
    people: people.slice(0, MOST_CANDIDATES),
    hasMore: people.length > MOST_CANDIDATES,
  }
}
