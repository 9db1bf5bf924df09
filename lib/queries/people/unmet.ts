import type { ApprovalTree } from '#lib/core/policy/types'
import { couldSatisfy, groupsOf, type PeopleByGroup } from '#lib/core/ticket/tally'
import type { Sql } from '#lib/db/client'
import { unsatisfiable } from '#lib/policies/satisfiable'
import type { Runtime } from '#lib/runtime'
import type { ChangeForm } from '#lib/wire/change'
import { maySitInGroups } from '#lib/wire/seats'
import type { UnmetView } from '#lib/wire/views/people'
import { currentPolicy } from './current-policy'
import { groupsNow } from './groups-now'

const MOST_LOOKED_AT = 2_000
const MOST_SHOWN = 3
/** Kept by a trigger: see the migration. */
const BY_ROLE = 'admins'

/**
 * What nobody could give any more once a change is made, and somebody could before: approvals of the policy in force, and
 * those of open tickets. Null where the change takes nobody out of a group, or all can still be met.
 */
export async function unmetAfter(
  runtime: Pick<Runtime, 'db' | 'policies'>,
  change: ChangeForm,
): Promise<UnmetView | null> {
  const before = await groupsNow(runtime.db)
  const after = without(before, change)
  const changed = Object.keys(before).filter(
    (name) => (after[name] ?? []).length < (before[name] ?? []).length,
  )
  if (changed.length === 0) return null
  const [policy, open] = await Promise.all([currentPolicy(runtime), readOpen(runtime.db)])
  const known = policy === null ? [] : unsatisfiable(policy, before).map(({ detail }) => detail)
  const rules = policy === null ? [] : unsatisfiable(policy, after)
  const newRules = rules
    .filter(({ groups }) => groups.some((group) => changed.includes(group)))
    .map(({ detail }) => detail)
    .filter((detail) => !known.includes(detail))
  const tickets = open.filter(({ trees, behind }) =>
    trees.some(
      (tree) =>
        groupsOf(tree).some((group) => changed.includes(group)) &&
        couldSatisfy(tree, before, behind) &&
        !couldSatisfy(tree, after, behind),
    ),
  )
  if (newRules.length + tickets.length === 0) return null
  return {
    rules: newRules,
    ticketCount: tickets.length,
    isAtLeast: open.length === MOST_LOOKED_AT,
    tickets: tickets.slice(0, MOST_SHOWN).map(({ id, goal }) => ({ id, goal })),
  }
}

/** The groups as a change that takes would leave them; one that gives leaves them as they are. */
function without(groups: PeopleByGroup, change: ChangeForm): PeopleByGroup {
  switch (change.kind) {
    case 'people.deactivate':
      return leftBy(groups, change.person, () => true)
    case 'groups.remove_member':
      return leftBy(groups, change.person, (group) => group === change.group)
    case 'people.set_roles': {
      const staysAdmin = change.roles.includes('admin')
      const staysSeated = maySitInGroups(change.roles)
      return leftBy(groups, change.person, (group) =>
        group === BY_ROLE ? !staysAdmin : !staysSeated,
      )
    }
    default:
      return groups
  }
}

function leftBy(
  groups: PeopleByGroup,
  person: string,
  leaves: (group: string) => boolean,
): PeopleByGroup {
  return Object.fromEntries(
    Object.entries(groups).map(([name, people]) => [
      name,
      leaves(name) ? people.filter((id) => id !== person) : people,
    ]),
  )
}

interface OpenTicket {
  id: string
  goal: string
  /** Everybody behind it: none of them votes. */
  behind: string[]
  /** As policy last saw it. */
  trees: ApprovalTree[]
}

const OPEN = `
SELECT r.id, r.goal, r.requesters || ARRAY[c.owner_id, k.created_by_id] AS behind,
  jsonb_path_query_array(r.requirements, '$[*].requirement ? (@.kind == "approval").tree') AS trees
FROM requests r JOIN callers c ON c.id = r.caller_id JOIN api_keys k ON k.id = r.key_id
WHERE r.state = 'open' ORDER BY r.submitted_at DESC, r.id LIMIT ${MOST_LOOKED_AT}`

function readOpen(sql: Sql): Promise<OpenTicket[]> {
  return sql.$queryRawUnsafe<OpenTicket[]>(OPEN)
}
