import type { Digest } from '#lib/core/contract/digest'
import { digestWords } from '#lib/core/contract/words'
import type { ApprovalTree, Requirement, VoidReason } from '#lib/core/policy/types'
import { whyNotEligible } from '#lib/core/ticket/eligibility'
import { groupsOf } from '#lib/core/ticket/tally'
import type { SignaturesView, SignatureView, VoteView } from '#lib/wire/views/vote'
import { channelView } from './evidence-view'
import type { TicketPicture, VoteRecord } from './load-ticket'
import { count } from './people-words'

/** Each completes “Void: …”. */
const VOID_WORDS: Record<VoidReason, string> = {
  terms_changed: 'what is required has changed since',
  evidence_gone: 'evidence that it was shown is gone',
  review_mismatch: 'it does not match what was reviewed',
  voter_ineligible: 'may no longer vote on this',
  vote_too_old: 'too old to count',
  method_too_weak: 'its second factor is too weak for what is required',
  channel_not_allowed: 'it came by a way that is not accepted',
}

/** A rule for each needed signature, the given ones signed, the ended ones struck through with the reason. */
export function signaturesView(picture: TicketPicture): SignaturesView {
  const approvals = picture.evaluation.requirements.flatMap(({ requirement, progress }) =>
    requirement.kind === 'approval' ? [{ requirement, progress }] : [],
  )
  const voids = new Map(picture.evaluation.voidVotes.map(({ id, reason }) => [id, reason]))
  const isLive = (vote: VoteRecord) => vote.endedAt === null && !voids.has(vote.id)
  const given = picture.allVotes.filter(isLive).map((vote) => signed(picture, vote))
  const ended = picture.allVotes
    .filter((vote) => !isLive(vote))
    .map((vote) => struck(picture, vote, voids.get(vote.id)))
  const empty =
    picture.ticket.state === 'open'
      ? approvals.flatMap(({ requirement, progress }) =>
          emptyLines(picture, requirement.tree, progress, isYours(picture, requirement)),
        )
      : []
  const needed = approvals.reduce((sum, { progress }) => sum + (progress?.needed ?? 0), 0)
  const counted = approvals.reduce((sum, { progress }) => sum + (progress?.counted ?? 0), 0)
  return { summary: [summary(needed, counted)], lines: [...given, ...empty, ...ended] }
}

function summary(needed: number, counted: number): string {
  const given = counted === 0 ? 'none given' : `${count(counted).toLowerCase()} given`
  return `${count(needed)} needed, ${given}.`
}

/** Whether the viewer's signature is one of those that are missing. */
function isYours(
  { viewerId, facts, now, ticket }: TicketPicture,
  approval: Extract<Requirement, { kind: 'approval' }>,
): boolean {
  return (
    viewerId !== null &&
    whyNotEligible(viewerId, approval, facts, now) === null &&
    !ticket.votes.some(({ person }) => person === viewerId)
  )
}

function emptyLines(
  picture: TicketPicture,
  tree: ApprovalTree,
  progress: { counted: number; needed: number } | undefined,
  isYours: boolean,
): SignatureView[] {
  const missing = Math.max(0, (progress?.needed ?? 0) - (progress?.counted ?? 0))
  const roleLabel = groupsOf(tree)
    .map((group) => labelOf(picture, group))
    .join(' or ')
  const note = isYours ? 'You can sign below' : 'Not signed yet'
  return Array.from({ length: missing }, (_, at) => ({
    kind: 'empty' as const,
    roleLabel,
    note: at === 0 ? [note] : [],
  }))
}

function signed(picture: TicketPicture, vote: VoteRecord): SignatureView {
  return { kind: 'signed', note: [], ...voteView(picture, vote) }
}

function struck(
  picture: TicketPicture,
  vote: VoteRecord,
  reason: VoidReason | undefined,
): SignatureView {
  const why = vote.endReason === 'withdrawn' ? 'withdrawn' : 'replaced by a later vote'
  return { kind: 'void', note: [reason ? VOID_WORDS[reason] : why], ...voteView(picture, vote) }
}

function voteView(picture: TicketPicture, vote: VoteRecord): VoteView {
  return {
    id: vote.id,
    choice: vote.choice as VoteView['choice'],
    name: picture.nameOf(vote.personId),
    roleLabel: roleOf(picture, vote.personId),
    method: vote.method as VoteView['method'],
    channel: channelView(vote.channel),
    at: vote.at.toISOString(),
    words: digestWords(vote.reviewDigest as Digest),
  }
}

/** The group the vote counts for; a person without one any more is told so. */
function roleOf(picture: TicketPicture, personId: string): string {
  const { facts, now } = picture
  for (const { requirement } of picture.evaluation.requirements) {
    if (requirement.kind !== 'approval') continue
    if (whyNotEligible(personId, requirement, facts, now) !== null) continue
    const groups = groupsOf(requirement.tree).filter((group) =>
      facts.directory.groups[group]?.some(({ person }) => person === personId),
    )
    return groups.map((group) => labelOf(picture, group)).join(', ')
  }
  return 'No longer an approver'
}

export function labelOf({ policies }: TicketPicture, group: string): string {
  const label = policies.map((policy) => policy.groups[group]?.label).find(Boolean)
  return label ?? group.replaceAll('_', ' ')
}
