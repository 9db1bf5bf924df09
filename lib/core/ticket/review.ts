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
    outstanding: outstandingOf(evaluation),
    evidence: facts.evidence
      .filter(({ state }) => state === 'provided')
      .map(({ id, type, sha256 }) => ({ id, type, sha256 }))
      .sort(byId),
    behind: peopleBehind(facts),
  }
}

/**
 * What is missing from people and from time. Decision points are in the requirements and not here: each is asked anew after
 * every vote and is behind until it has answered, so one vote would make this another review twice over, and whoever reads
 * it meanwhile would have to read it again for nothing.
 */
function outstandingOf({
  requirements,
  outstanding,
}: Pick<Evaluation, 'requirements' | 'outstanding'>): string[] {
  const asked = new Set(
    requirements.flatMap(({ requirement: { kind, id } }) =>
      kind === 'decision_point' ? [id] : [],
    ),
  )
  return outstanding.filter((id) => !asked.has(id)).sort()
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
