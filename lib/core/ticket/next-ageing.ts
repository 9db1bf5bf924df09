import type { Facts, Requirement } from '../policy/types'
import { membersOf } from './eligibility'
import { fittingEvidence } from './fitting-evidence'
import type { SettledApproval } from './settle-approval'
import { groupsOf } from './tally'

/**
 * The earliest time after `now` (epoch ms) at which something that counts grows too old, a counted voter's membership
 * ends, or a fact dated ahead of `now` begins to exist; null = never.
 */
export function nextAgeing(
  requirements: readonly Requirement[],
  approvals: readonly SettledApproval[],
  facts: Facts,
  now: number,
): number | null {
  const times = [
    ...approvals.flatMap((settled) => [...voteEnds(settled), ...membershipEnds(settled, facts)]),
    ...requirements.flatMap((requirement) => evidenceEnds(requirement, facts, now)),
    ...[...facts.votes, ...facts.evidence].map(({ at }) => at),
  ].filter((at) => at > now)
  return times.length === 0 ? null : Math.min(...times)
}

function voteEnds({ approval, counted }: SettledApproval): number[] {
  return counted.map(({ at }) => at + approval.vote_max_age_ms)
}

function membershipEnds({ approval, counted }: SettledApproval, facts: Facts): number[] {
  if (counted.length === 0) return []
  const voters = new Set(counted.map(({ person }) => person))
  return groupsOf(approval.tree)
    .flatMap((group) => membersOf(facts, group, Number.NEGATIVE_INFINITY))
    .flatMap(({ person, expiresAt }) =>
      expiresAt !== null && voters.has(person) ? [expiresAt] : [],
    )
}

function evidenceEnds(requirement: Requirement, facts: Facts, now: number): number[] {
  if (requirement.kind !== 'evidence' || requirement.max_age_ms === null) return []
  const maxAgeMs = requirement.max_age_ms
  return fittingEvidence(requirement, facts, now).map(({ at }) => at + maxAgeMs)
}
