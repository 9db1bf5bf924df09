import type { CompiledPolicy, Requirement } from '#lib/core/policy/types'
import { ok, type Result, refuse } from '#lib/core/result'
import { tally } from '#lib/core/ticket/tally'

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
  for (const { owner, approval } of approvalsOf(policy)) {
    const { satisfied, needed, have } = tally(approval.tree, groups)
    if (satisfied) continue
    const detail = `${owner} asks for ${needed} distinct ${needed === 1 ? 'person' : 'people'} (${approval.id.slice('approval:'.length)}), but the groups can give ${have}.`
    return refuse('policy_unsatisfiable', { detail })
  }
  return ok()
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
