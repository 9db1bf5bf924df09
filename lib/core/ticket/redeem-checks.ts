import type { Contract } from '../contract/contract'
import type { Evaluation, Facts } from '../policy/types'
import type { AllowClaims } from '../token/claims'
import { instant } from './events'
import type { RedeemChecks } from './types'

/**
 * What redeem looked at and found in order, for the record of a redemption. Made of the very evaluation and claims that the
 * checks passed: nothing is told here that was not compared. It holds no value of the contract and no name that a caller
 * chose, because it is exported.
 */
export function redeemChecks(input: {
  evaluation: Evaluation
  facts: Facts
  contract: Contract
  claims: AllowClaims
  policies: readonly string[]
}): RedeemChecks {
  const { evaluation, facts, contract, claims, policies } = input
  const counted = facts.votes.filter(({ id }) => evaluation.countedVotes.includes(id))
  const required = evaluation.requirements.map(({ requirement }) => requirement)
  const types = required.flatMap((one) => (one.kind === 'evidence' ? [one.type] : []))
  return {
    policies: [...policies],
    contract_digest: facts.contractDigest,
    bound_tools: Object.keys(contract.arguments ?? {}).length,
    voters: [...new Set(counted.map(({ person }) => person))].sort(),
    evidence: facts.evidence
      .filter(({ type, state }) => state === 'provided' && types.includes(type))
      .map(({ id, sha256 }) => ({ id, sha256 })),
    windows: windowsOf(evaluation),
    preconditions: contract.preconditions?.length ?? 0,
    obligations: claims.obligations.map(({ name }) => name),
    decision_points: required.flatMap((one) => (one.kind === 'decision_point' ? [one.name] : [])),
    environment: claims.environment,
    audience: claims.aud,
    generation: claims.gen,
  }
}

function windowsOf({ requirements }: Evaluation): RedeemChecks['windows'] {
  return requirements.flatMap(({ requirement, shutsAt }) =>
    requirement.kind === 'change_window'
      ? [
          {
            calendar: requirement.calendar,
            shuts_at: shutsAt === undefined ? null : instant(shutsAt),
          },
        ]
      : [],
  )
}
