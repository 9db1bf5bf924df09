import type { Facts, Requirement, VoidReason, VoteFact } from '../policy/types'
import { deepEqual } from './deep-equal'
import { type Approval, whyNotEligible } from './eligibility'
import { reviewDigest, termsOf } from './review'
import { weaknessOf } from './strength'

export type VoteStanding = { counts: true } | { counts: false; reason: VoidReason }

/** What a vote is held against: the requirements as they are now, and the live facts. */
export type Ground = { requirements: readonly Requirement[]; facts: Facts }

/**
 * Whether a vote still stands at `now` (epoch ms), or the first reason why it is void. It stands when what its voter
 * reviewed is still true and it is good for at least one approval. A ticket without approvals voids no vote.
 */
export function voteStanding(vote: VoteFact, ground: Ground, now: number): VoteStanding {
  const reason = reviewFault(vote, ground) ?? approvalFault(vote, ground, now)
  return reason === null ? { counts: true } : { counts: false, reason }
}

/**
 * Why what this voter reviewed no longer holds, or null. What is required may only have shrunk since: an added or
 * changed term asks again. Evidence added since is fine here (it waits for confirmation), evidence gone is not.
 */
export function reviewFault(vote: VoteFact, { requirements, facts }: Ground): VoidReason | null {
  const { reviewed } = vote
  const isOfThis =
    reviewed.type === 'countersign/review' &&
    reviewed.v === 1 &&
    reviewed.domain === facts.domain &&
    reviewed.request_id === facts.requestId &&
    reviewed.contract_digest === facts.contractDigest
  if (!isOfThis || reviewDigest(reviewed) !== vote.reviewDigest) return 'review_mismatch'
  const wasReviewed = (current: Requirement) =>
    reviewed.requirements.some((seen) => deepEqual(termsOf(seen), termsOf(current)))
  if (!requirements.every(wasReviewed)) return 'terms_changed'
  const isOnFile = (seen: (typeof reviewed.evidence)[number]) =>
    facts.evidence.some(
      ({ id, sha256, state }) => id === seen.id && sha256 === seen.sha256 && state === 'provided',
    )
  return reviewed.evidence.every(isOnFile) ? null : 'evidence_gone'
}

/** Why this vote cannot count towards this approval at `now` (epoch ms), or null. Looks at the voter, not at the review. */
export function faultFor(
  vote: VoteFact,
  approval: Approval,
  facts: Facts,
  now: number,
): VoidReason | null {
  if (whyNotEligible(vote.person, approval, facts, now) !== null) return 'voter_ineligible'
  if (vote.at + approval.vote_max_age_ms <= now) return 'vote_too_old'
  const weakness = weaknessOf(vote, approval, approval.mfa)
  if (weakness === null) return null
  return weakness === 'channel_not_allowed' ? 'channel_not_allowed' : 'method_too_weak'
}

/**
 * Why this vote can count towards no approval at `now` (epoch ms), or null when it can, or when nobody has to approve.
 * The reason of an approval that its voter is eligible for says most.
 */
export function approvalFault(
  vote: VoteFact,
  { requirements, facts }: Ground,
  now: number,
): VoidReason | null {
  const faults = requirements.flatMap((one) =>
    one.kind === 'approval' ? [faultFor(vote, one, facts, now)] : [],
  )
  if (faults.length === 0 || faults.includes(null)) return null
  return faults.find((fault) => fault !== 'voter_ineligible') ?? 'voter_ineligible'
}
