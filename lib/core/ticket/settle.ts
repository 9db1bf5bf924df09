import type {
  EvidenceFact,
  Facts,
  MfaLevel,
  Requirement,
  RequirementStatus,
  VoidReason,
  VoteFact,
} from '../policy/types'
import { type EvidenceRequirement, fittingEvidence, hasReviewed } from './fitting-evidence'
import { nextAgeing } from './next-ageing'
import { type SettledApproval, settleApproval, tallyVotes } from './settle-approval'
import { weaknessOf } from './strength'
import { approvalFault, reviewFault } from './vote-standing'

export type Settlement = {
  /** Of approval, mfa and evidence requirements only, in the order given. */
  statuses: RequirementStatus[]
  /** Approve votes that count towards an approval, sorted. */
  countedVotes: string[]
  /** Approve votes that no longer stand, sorted by id. */
  voidVotes: { id: string; reason: VoidReason }[]
  /** Earliest epoch ms at which time alone may undo or complete something here; null = never. */
  nextCheckAt: number | null
}

/**
 * What people have done towards the requirements, as it stands at `now` (epoch ms). Facts dated later than `now` do
 * not exist yet: a ticket is settled at its deadline with what was there by then. Pure, total and deterministic.
 *
 * Evidence counts once a counted approval has reviewed it; at once only when its terms say so (`approve_before_evidence`)
 * or nobody has to approve at all.
 */
export function settle(
  requirements: readonly Requirement[],
  facts: Facts,
  now: number,
): Settlement {
  const ground = { requirements, facts }
  const votes = approveVotes(facts, now).map((vote) => ({ vote, fault: reviewFault(vote, ground) }))
  const intact = votes.flatMap(({ vote, fault }) => (fault === null ? [vote] : []))
  const approvals = requirements.flatMap((one) =>
    one.kind === 'approval' ? [settleApproval(one, intact, facts, now)] : [],
  )
  const counted = countedBy(approvals)
  const voidVotes = votes.flatMap(({ vote, fault }) => {
    const reason = fault ?? approvalFault(vote, ground, now)
    return reason === null ? [] : [{ id: vote.id, reason }]
  })
  return {
    statuses: requirements.flatMap((one) => statusOf(one, { approvals, counted, facts, now })),
    countedVotes: counted.map(({ id }) => id),
    voidVotes,
    nextCheckAt: nextAgeing(requirements, approvals, facts, now),
  }
}

/** The latest live vote of each human, if it approves: a reject never counts as an approval, nor does what it replaced. */
function approveVotes(facts: Facts, now: number): VoteFact[] {
  const latest = new Map<string, VoteFact>()
  for (const vote of facts.votes) {
    const other = latest.get(vote.person)
    if (vote.at <= now && (other === undefined || isLater(vote, other))) {
      latest.set(vote.person, vote)
    }
  }
  return [...latest.values()].filter(({ choice }) => choice === 'approve').sort(byId)
}

/** Of two in the same millisecond the cautious one is taken for the later. */
function isLater(a: VoteFact, b: VoteFact): boolean {
  return a.at > b.at || (a.at === b.at && a.choice === 'reject')
}

function countedBy(approvals: readonly SettledApproval[]): VoteFact[] {
  const counted = approvals.flatMap((settled) => settled.counted)
  return [...new Map(counted.map((vote) => [vote.id, vote])).values()].sort(byId)
}

type Settled = {
  approvals: readonly SettledApproval[]
  counted: readonly VoteFact[]
  facts: Facts
  now: number
}

/** One status, or none for the kinds that evaluation settles itself. */
function statusOf(requirement: Requirement, settled: Settled): RequirementStatus[] {
  switch (requirement.kind) {
    case 'approval':
      return settled.approvals
        .filter(({ approval }) => approval === requirement)
        .slice(0, 1)
        .map(approvalStatus)
    case 'mfa':
      return [{ requirement, state: isMfaMet(requirement.level, settled) ? 'met' : 'missing' }]
    case 'evidence':
      return [evidenceStatus(requirement, settled)]
    default:
      return []
  }
}

function approvalStatus({ approval, tally, counted }: SettledApproval): RequirementStatus {
  const countedVotes = counted.map(({ id }) => id)
  return {
    requirement: approval,
    state: tally.satisfied ? 'met' : 'missing',
    progress: { counted: tally.have, needed: tally.needed, countedVotes },
  }
}

/** Met when every approval would be met by the votes of that level alone. Without an approval nobody has proved anything. */
function isMfaMet(level: MfaLevel, { approvals, facts, now }: Settled): boolean {
  const isMetAtLevel = ({ approval, votes }: SettledApproval) => {
    const strong = votes.filter((vote) => weaknessOf(vote, approval, level) === null)
    return tallyVotes(approval, strong, facts, now).satisfied
  }
  return approvals.length > 0 && approvals.every(isMetAtLevel)
}

function evidenceStatus(requirement: EvidenceRequirement, settled: Settled): RequirementStatus {
  const { approvals, counted, facts, now } = settled
  const fitting = fittingEvidence(requirement, facts, now)
  if (fitting.length === 0) return { requirement, state: 'missing' }
  const isReviewed = (item: EvidenceFact) => counted.some((vote) => hasReviewed(vote, item))
  const countsUnreviewed = requirement.approve_before_evidence || approvals.length === 0
  const isMet = countsUnreviewed || fitting.some(isReviewed)
  return { requirement, state: isMet ? 'met' : 'to_confirm' }
}

function byId(a: { id: string }, b: { id: string }): number {
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}
