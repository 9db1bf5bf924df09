import type { CompiledPolicy } from '#lib/core/policy/types'
import { currentPolicyVersion } from '#lib/db/tighten'
import { unsatisfiable } from '#lib/policies/satisfiable'
import type { Runtime } from '#lib/runtime'
import { groupsNow } from './groups-now'

/** The policy in force, compiled; null where there is none, or none that can be read. */
export async function currentPolicy({
  db,
  policies,
}: Pick<Runtime, 'db' | 'policies'>): Promise<CompiledPolicy | null> {
  const version = await currentPolicyVersion(db, policies.name)
  return version === null ? null : await policies.get(version)
}

/** What the policy in force asks for and nobody could give as the groups are now, a sentence each. */
export async function policyGaps(runtime: Pick<Runtime, 'db' | 'policies'>): Promise<string[]> {
  const [policy, groups] = await Promise.all([currentPolicy(runtime), groupsNow(runtime.db)])
  return policy === null ? [] : unsatisfiable(policy, groups).map(({ detail }) => detail)
}
