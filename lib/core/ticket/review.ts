import { digestOf } from '../contract/digest'
import type { Evaluation, Facts, Requirement } from '../policy/types'
import { peopleBehind } from './eligibility'
import type { Review } from './types'

/**
 * Everything a voter is shown, in one document. Lists are sorted by code unit, so the same facts always give the same
 * bytes. Evidence that was rejected or withdrawn is not part of it.
 */
export function buildReview(
  facts: Facts,
  evaluation: Pick<Evaluation, 'requirements' | 'outstanding' | 'policyVersion'>,
): Review {
  return {
    type: 'countersign/review',
    v: 1,
    domain: facts.domain,
    request_id: facts.requestId,
    contract_digest: facts.contractDigest,
    policy_version: evaluation.policyVersion,
    requirements: evaluation.requirements.map(({ requirement }) => termsOf(requirement)).sort(byId),
    outstanding: [...evaluation.outstanding].sort(),
    evidence: facts.evidence
      .filter(({ state }) => state === 'provided')
      .map(({ id, type, sha256 }) => ({ id, type, sha256 }))
      .sort(byId),
    behind: peopleBehind(facts),
  }
}

/** `sha-256:` and hex over the JCS bytes of a review. This is what a voter's screen shows and their passkey signs. */
export function reviewDigest(review: Review): string {
  return digestOf(review)
}

/** A requirement's terms in one form: `via` is a set, so its order says nothing. */
export function termsOf(requirement: Requirement): Requirement {
  return requirement.kind === 'approval'
    ? { ...requirement, via: [...requirement.via].sort() }
    : requirement
}

function byId(a: { id: string }, b: { id: string }): number {
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}
