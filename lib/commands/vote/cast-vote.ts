import { isSlackLinkLive } from '#lib/auth/slack-link-live'
import type { VoteMfa } from '#lib/auth/vote-mfa'
import { checkVoteMfa } from '#lib/auth/vote-mfa'
import type { Json } from '#lib/core/contract/json'
import type { Channel, MfaMethod } from '#lib/core/policy/types'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import { voterOf } from '#lib/core/ticket/eligibility'
import type { TicketEvent } from '#lib/core/ticket/events'
import { buildReview, reviewDigest } from '#lib/core/ticket/review'
import { transition } from '#lib/core/ticket/transition'
import type { RejectReason, Review, TicketCommand } from '#lib/core/ticket/types'
import type { VoteRow } from '#lib/db/rows'
import type { Runtime } from '#lib/runtime'
import { iso } from '../project'
import { type Held, transact, type Work } from '../transact'

export interface CastVoteInput {
  requestId: string
  personId: string
  choice: 'approve' | 'reject'
  channel: Channel
  /** By which link Slack's user is this person. Looked at again under the lock; a vote from Slack without one is refused. */
  slackLinkId?: string | null
  /** As the voter's screen showed it. */
  reviewDigest: string
  /** A rejection counts whatever was shown; one of a batch only while the request is as it was shown. */
  isOnlyAsShown?: boolean
  /** null: no second factor was offered. Enough only to reject, or where a policy says `none`. */
  mfa: VoteMfa | null
  note: string | null
  reason: RejectReason | null
}

export interface VoteCast {
  voteId: string
  state: string
}

/**
 * A human's vote on a ticket: one transaction under the row lock. The second factor is checked (and used up) only when
 * everything else would accept the vote, so that a lost race costs nobody a code. Refused attempts are audited.
 */
export function castVote(runtime: Runtime, input: CastVoteInput): Promise<Result<VoteCast>> {
  const voteId = runtime.newId('vot')
  return transact(runtime, { requestId: input.requestId, actingPersonId: input.personId }, (held) =>
    vote(runtime, held, input, voteId),
  )
}

async function vote(
  runtime: Runtime,
  held: Held,
  input: CastVoteInput,
  voteId: string,
): Promise<Work<VoteCast>> {
  if (!(await mayUseChannel(held, input))) return refused(input, refuse('slack_not_linked'))
  if (!held.isIntact) return refused(input, refuse('review_changed'))
  const command = commandOf(held, input, voteId, methodOffered(input.mfa))
  const offered = transition(held.ticket, command, held.now)
  if (!offered.ok) return refused(input, offered)
  if (input.isOnlyAsShown && input.reviewDigest !== reviewDigest(command.review)) {
    return refused(input, refuse('review_changed'))
  }
  // A second click on the same choice for the same review: the vote is there, and no second code is used up.
  if (offered.value.length === 0) return repeated(held, input)
  const proof = await proveMfa(runtime, held, input)
  if (!proof.ok) return refused(input, proof)
  const { method, receipt } = proof.value
  const settled = transition(held.ticket, { ...command, method }, held.now)
  if (!settled.ok) return refused(input, settled)
  const row = voteRow(held, input, { voteId, review: command.review, method, receipt })
  const state = input.choice === 'reject' ? 'rejected' : held.ticket.state
  return {
    result: ok({ voteId, state }),
    events: settled.value,
    particulars: { votes: [row] },
  }
}

/** The console has looked at the session; who somebody is in Slack holds only as long as the link does. */
async function mayUseChannel(held: Held, input: CastVoteInput): Promise<boolean> {
  if (input.channel !== 'slack') return true
  const { slackLinkId: linkId = null, personId } = input
  return linkId !== null && (await isSlackLinkLive(held.tx, { linkId, personId }))
}

function repeated(held: Held, input: CastVoteInput): Work<VoteCast> {
  const live = held.ticket.votes.find((one) => one.person === input.personId)
  return { result: ok({ voteId: live?.id ?? '', state: held.ticket.state }), events: [] }
}

type VoteCommand = Extract<TicketCommand, { kind: 'vote' }>

function commandOf(
  held: Held,
  input: CastVoteInput,
  voteId: string,
  method: MfaMethod,
): VoteCommand {
  const evaluation = held.evaluateAt(held.now)
  return {
    kind: 'vote',
    actor: { kind: 'person', id: input.personId },
    voteId,
    choice: input.choice,
    channel: input.channel,
    method,
    reviewDigest: input.reviewDigest,
    note: input.note,
    reason: input.reason,
    evaluation,
    review: buildReview(held.facts, evaluation),
    voter: voterOf(input.personId, held.facts, held.now),
  }
}

function methodOffered(mfa: VoteMfa | null): MfaMethod {
  return mfa?.kind ?? 'none'
}

async function proveMfa(
  runtime: Runtime,
  held: Held,
  input: CastVoteInput,
): Promise<Result<{ method: MfaMethod; receipt: Json }>> {
  if (input.mfa === null) return ok({ method: 'none', receipt: {} })
  return await checkVoteMfa(
    runtime,
    held.tx,
    {
      mfa: input.mfa,
      personId: input.personId,
      requestId: input.requestId,
      reviewDigest: input.reviewDigest,
      choice: input.choice,
      ticketOpenedAt: held.ticket.openedAt,
    },
    held.now,
  )
}

function refused(input: CastVoteInput, refusal: Refused): Work<VoteCast> {
  const event: TicketEvent = {
    type: 'vote.refused',
    actor: { kind: 'person', id: input.personId },
    body: {
      person: input.personId,
      choice: input.choice,
      channel: input.channel,
      code: refusal.refusal.code,
    },
  }
  return { result: refusal, events: [event] }
}

function voteRow(
  held: Held,
  input: CastVoteInput,
  proof: { voteId: string; review: Review; method: MfaMethod; receipt: Json },
): VoteRow {
  return {
    id: proof.voteId,
    request_id: input.requestId,
    person_id: input.personId,
    choice: input.choice,
    reason: input.reason,
    note: input.note,
    review_digest: reviewDigest(proof.review),
    reviewed: proof.review as unknown as Json,
    channel: input.channel,
    method: proof.method,
    receipt: proof.receipt,
    at: iso(held.now),
    ended_at: null,
    end_reason: null,
  }
}
