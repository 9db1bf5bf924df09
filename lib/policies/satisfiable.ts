import type { CompiledPolicy, Requirement } from '#lib/core/policy/types'
import { ok, type Result, refuse } from '#lib/core/result'
import { groupsOf, tally } from '#lib/core/ticket/tally'

/**
 * Whether the groups, as they are, could give every approval that the policy may ask for: enough distinct humans, found
 * by matching people to places, since one person in two groups still votes once.
 * @param groups ids of the active members by group; an absent group has nobody
 * @returns `policy_unsatisfiable` with the first approval that nobody could give
 */
export function checkSatisfiable(
  policy: CompiledPolicy,
  groups: Readonly<Record<string, readonly string[]>>,
): Result<undefined> {
  const [first] = unsatisfiable(policy, groups)
  return first === undefined ? ok() : refuse('policy_unsatisfiable', { detail: first.detail })
}

/** An approval of a policy that nobody could give. */
export interface Unsatisfiable {
  /** "The rule money_outward" */
  owner: string
  /** Groups that it names. */
  groups: string[]
  /** A sentence: who is asked for, and how many the groups can give. */
  detail: string
}

/** Every approval of the policy that the groups could not give, in the order of the document. */
export function unsatisfiable(
  policy: CompiledPolicy,
  groups: Readonly<Record<string, readonly string[]>>,
): Unsatisfiable[] {
  return approvalsOf(policy).flatMap(({ owner, approval }) => {
    const { satisfied, needed, have } = tally(approval.tree, groups)
    if (satisfied) return []
    const people = needed === 1 ? 'person' : 'people'
    const detail = `${owner} asks for ${needed} distinct ${people} (${approval.id.slice('approval:'.length)}), but the groups can give ${have}.`
    return [{ owner, groups: groupsOf(approval.tree), detail }]
  })
}

/** What asks for votes of this group: "The rule money_outward", "The default approval". */
export function askersOf(policy: CompiledPolicy, group: string): string[] {
  return [
    ...new Set(
      approvalsOf(policy)
        .filter(({ approval }) => groupsOf(approval.tree).includes(group))
        .map(({ owner }) => owner),
    ),
  ]
}

type Owned = { owner: string; approval: Extract<Requirement, { kind: 'approval' }> }

function approvalsOf(policy: CompiledPolicy): Owned[] {
  const ofRules = policy.rules.flatMap(({ name, requirements }) =>
    requirements.flatMap((one) =>
      one.kind === 'approval' ? [{ owner: `The rule ${name}`, approval: one }] : [],
    ),
  )
  return [{ owner: 'The default approval', approval: policy.defaultApproval }, ...ofRules]
}
