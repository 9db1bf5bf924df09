import { listFactors } from '#lib/auth/factors'
import type { SignedIn } from '#lib/auth/session'
import type { CompiledPolicy } from '#lib/core/policy/types'
import { askersOf, unsatisfiable } from '#lib/policies/satisfiable'
import type { Runtime } from '#lib/runtime'
import type { GroupActsView, GroupRowView, GroupsView } from '#lib/wire/views/groups'
import { waysOf } from '../account/account-view'
import { currentPolicy } from '../people/current-policy'
import { dualControlView } from '../people/dual-control-view'
import { groupsNow } from '../people/groups-now'
import { BY_ROLE } from '../people/person-view'

type Reading = Pick<Runtime, 'db' | 'policies' | 'now'>
export type Viewer = Pick<SignedIn, 'personId' | 'roles' | 'method'>

const READ = `
SELECT g.name, g.label,
  (SELECT count(*)::int FROM group_members m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.group_name = g.name AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp())) AS members,
  (SELECT count(*)::int FROM group_members m JOIN people p ON p.id = m.person_id AND p.active
    WHERE m.group_name = g.name AND m.expires_at > clock_timestamp()) AS ending,
  (SELECT count(*)::int FROM requests r WHERE r.state = 'open' AND r.waiting_groups @> ARRAY[g.name]) AS open
FROM groups g WHERE $1::text IS NULL OR g.name = $1 ORDER BY g.label, g.name`

interface Row {
  name: string
  label: string
  members: number
  ending: number
  open: number
}

/** Every group that there is, and those that policy names and nobody has made. */
export async function groupsView(runtime: Reading, viewer: Viewer): Promise<GroupsView> {
  const [{ rows, gaps }, acts] = await Promise.all([
    readGroups(runtime, null),
    groupActs(runtime, viewer),
  ])
  return { rows, gaps, acts }
}

/** @param only the one that is looked at; null: all of them */
export async function readGroups(
  runtime: Pick<Runtime, 'db' | 'policies'>,
  only: string | null,
): Promise<{ rows: GroupRowView[]; gaps: string[] }> {
  const [policy, people, made] = await Promise.all([
    currentPolicy(runtime),
    groupsNow(runtime.db),
    runtime.db.$queryRawUnsafe<Row[]>(READ, only),
  ])
  const gaps = policy === null ? [] : unsatisfiable(policy, people)
  const known = new Set(made.map(({ name }) => name))
  const missing = Object.entries(policy?.groups ?? {})
    .filter(([name]) => !known.has(name) && (only === null || only === name))
    .map(([name, { label }]) => ({ name, label, members: 0, ending: 0, open: 0 }))
  return {
    rows: [
      ...made.map((row) => rowOf(row, policy, false)),
      ...missing.map((row) => rowOf(row, policy, true)),
    ],
    gaps: gaps
      .filter(({ groups }) => only === null || groups.includes(only))
      .map(({ detail }) => detail),
  }
}

function rowOf(row: Row, policy: CompiledPolicy | null, isMissing: boolean): GroupRowView {
  const { name, label, members, ending, open } = row
  return {
    name,
    label,
    isByRole: name === BY_ROLE,
    isMissing,
    memberCount: members,
    endingCount: ending,
    neededBy: policy === null ? [] : askersOf(policy, name),
    openCount: open,
  }
}

/** How the viewer may change groups; null for whoever is no admin, or may do nothing by this session. */
export async function groupActs(
  runtime: Pick<Runtime, 'db'>,
  viewer: Viewer,
): Promise<GroupActsView | null> {
  if (!viewer.roles.includes('admin') || viewer.method === 'recovery') return null
  const [factors, dualControl] = await Promise.all([
    listFactors(runtime.db, viewer.personId),
    dualControlView(runtime),
  ])
  return { ways: waysOf(factors), dualControl }
}
