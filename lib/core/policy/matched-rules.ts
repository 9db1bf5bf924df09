import type { Contract } from '../contract/contract'
import { toolInputs } from './demand-of-tools'
import { matchRule } from './match-rule'
import type { CallerFact, CompiledPolicy } from './types'

/** Names of the policy's rules that apply to any tool of a contract: sorted, unique. For telling people, never for deciding. */
export function matchedRules(
  policy: CompiledPolicy,
  contract: Contract,
  caller: CallerFact,
): string[] {
  const inputs = toolInputs(policy, contract, caller)
  const names = policy.rules
    .filter((rule) => inputs.some((input) => matchRule(rule, input).matched))
    .map(({ name }) => name)
  return [...new Set(names)].sort()
}
