import type { VoteFact } from '../policy/types'
import { ok, type Result, refuse } from '../result'
import { beforeDeadline } from './deadline'
import type { TicketEvent } from './events'
import { reviewDigest } from './review'
import { levelFor, type Weakness, weaknessOf } from './strength'
import type { Ticket, TicketCommand } from './types'
import { approvalsOf, mayAnswer } from './voter-check'

type Vote = Extract<TicketCommand, { kind: 'vote' }>
type WithdrawVote = Extract<TicketCommand, { kind: 'withdraw_vote' }>

/**
 * A human's approve or reject at `now` (epoch ms). It replaces their live vote. The same approve again (choice, review
 * digest, method, channel) changes nothing while the first still stands; a note given with the repeat is not kept.
 *
 * A reject needs a reason, and neither a second factor nor a fresh review: stopping must stay easy. It ends the ticket.
 * @returns refusal `ticket_expired`, `own_request`, `not_eligible`, `review_missing`, `review_changed`, `mfa_required`,
 * `mfa_not_phishing_resistant`, `channel_not_allowed` or `invalid_body` (no reason)
 */
export function vote(ticket: Ticket, command: Vote, now: number): Result<TicketEvent[]> {
  const inTime = beforeDeadline(ticket, now)
  if (!inTime.ok) return inTime
  const allowed = mayAnswer(command.evaluation, command.voter)
  if (!allowed.ok) return allowed
  return command.choice === 'reject' ? reject(ticket, command, now) : approve(ticket, command, now)
}

/**
 * Takes back one's live vote.
 * @returns refusal `ticket_expired`, or `not_found` when there is none
 */
export function withdrawVote(
  ticket: Ticket,
  { actor }: WithdrawVote,
  now: number,
): Result<TicketEvent[]> {
  const inTime = beforeDeadline(ticket, now)
  if (!inTime.ok) return inTime
  const withdrawn = endLiveVotes(ticket, actor, 'withdrawn')
  return withdrawn.length > 0
    ? ok(withdrawn)
    : refuse('not_found', { detail: 'You have no vote on this ticket.' })
}

function approve(ticket: Ticket, command: Vote, now: number): Result<TicketEvent[]> {
  if (command.reviewDigest === '') return refuse('review_missing')
  // Looked at first: the vote itself may have left less outstanding, and so another review than it was given for.
  if (ticket.votes.some((held) => isRepeat(held, command))) return ok([])
  const digest = reviewDigest(command.review)
  if (command.reviewDigest !== digest) return refuse('review_changed')
  const weakness = leastWeakness(command)
  if (weakness !== null) return refuse(weakness)
  return ok(castEvents(ticket, command, digest, now))
}

function reject(ticket: Ticket, command: Vote, now: number): Result<TicketEvent[]> {
  const { actor, voteId, reason, note } = command
  if (reason === null) {
    const fields = [{ path: '/reason', message: 'Say why.', code: 'required' }]
    return refuse('invalid_body', { detail: 'A reject needs a reason.', fields })
  }
  return ok([
    ...castEvents(ticket, command, reviewDigest(command.review), now),
    { type: 'request.rejected', actor, body: { vote_id: voteId, reason, note } },
  ])
}

function castEvents(ticket: Ticket, command: Vote, digest: string, now: number): TicketEvent[] {
  const { actor, voteId, choice, method, channel, reason } = command
  const event: TicketEvent = {
    type: 'vote.cast',
    actor,
    body: {
      vote_id: voteId,
      person: actor.id,
      choice,
      method,
      channel,
      review_digest: digest,
      shown_digest: command.reviewDigest === '' ? null : command.reviewDigest,
      reason: choice === 'reject' ? reason : null,
    },
    vote: {
      id: voteId,
      person: actor.id,
      choice,
      method,
      channel,
      at: now,
      reviewDigest: digest,
      reviewed: command.review,
    },
  }
  return [...endLiveVotes(ticket, actor, 'replaced'), event]
}

function endLiveVotes(
  ticket: Ticket,
  actor: Vote['actor'],
  cause: 'withdrawn' | 'replaced',
): TicketEvent[] {
  return ticket.votes
    .filter(({ person }) => person === actor.id)
    .map(({ id }) => ({
      type: 'vote.withdrawn',
      actor,
      body: { vote_id: id, person: actor.id, cause },
    }))
}

/** The vote is there, by the same way and for the same review, it holds, and nothing has come since that it has to confirm. */
function isRepeat(held: VoteFact, { actor, evaluation, ...again }: Vote): boolean {
  return (
    held.person === actor.id &&
    held.choice === again.choice &&
    held.reviewDigest === again.reviewDigest &&
    held.method === again.method &&
    held.channel === again.channel &&
    !evaluation.voidVotes.some(({ id }) => id === held.id) &&
    !evaluation.requirements.some(({ state }) => state === 'to_confirm')
  )
}

/** Easiest to put right first. */
const WEAKNESSES: readonly Weakness[] = [
  'mfa_required',
  'mfa_not_phishing_resistant',
  'channel_not_allowed',
]

/** Null when the proof is strong enough for one approval that the voter is eligible for, else what is easiest to put right. */
function leastWeakness(command: Vote): Weakness | null {
  const { evaluation, voter } = command
  const requirements = evaluation.requirements.map(({ requirement }) => requirement)
  const found = approvalsOf(evaluation, voter).map((approval) =>
    weaknessOf(command, approval, levelFor(approval, requirements)),
  )
  if (found.includes(null)) return null
  return WEAKNESSES.find((weakness) => found.includes(weakness)) ?? 'channel_not_allowed'
}
