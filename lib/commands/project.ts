import { appendEntries } from '#lib/core/audit/chain'
import { digestOf } from '#lib/core/contract/digest'
import type { Json, JsonObject } from '#lib/core/contract/json'
import type { Evaluation } from '#lib/core/policy/types'
import { apply } from '#lib/core/ticket/apply'
import type { TicketEvent } from '#lib/core/ticket/events'
import { groupsOf } from '#lib/core/ticket/tally'
import type { Grant, Ticket } from '#lib/core/ticket/types'
import type { HeldRows } from '#lib/db/load-held'
import type {
  AnswerRow,
  DecisionRow,
  EventRow,
  EvidenceRow,
  GrantRow,
  OutboxRow,
  RequestPatch,
  VoteRow,
  WriteSet,
} from '#lib/db/rows'

/** What the events alone do not carry: bodies, receipts and the evaluation that is now the latest. */
export interface Particulars {
  evaluation?: Evaluation
  /** What woke the evaluation: submit, vote, evidence, clock, decision_point, sweep. */
  cause?: string
  votes?: VoteRow[]
  evidence?: EvidenceRow[]
  answers?: AnswerRow[]
  /** Claims of the token that was just collected. */
  claims?: Json
  supersededBy?: string
  /** Nothing is left to evaluate: waiting wake-ups are done. */
  settled?: true
}

export interface Before {
  ticket: Ticket
  head: HeldRows['head']
  grantRow: GrantRow | null
}

/** Turns the events of one command into the rows it writes: the difference the events make, and the audit entries they are. */
export function project(
  before: Before,
  events: TicketEvent[],
  particulars: Particulars,
  now: number,
): { after: Ticket; changes: WriteSet } {
  const { ticket } = before
  const after = events.reduce((held, event) => apply(held, event, now), ticket)
  const changes: WriteSet = {
    requestId: ticket.requestId,
    patch: {
      ...evaluationPatch(particulars.evaluation),
      ...ticketPatch(after, events, particulars),
    },
    events: eventRows(ticket.requestId, before.head, events, particulars, now),
    ...(particulars.votes && { votes: particulars.votes }),
    ...(particulars.evidence && { evidence: particulars.evidence }),
    ...(particulars.answers && { answers: particulars.answers }),
    endVotes: endedVotes(ticket, after, particulars, now),
    endEvidence: endedEvidence(ticket, after, events, now),
  }
  if (events.some((event) => event.type === 'decision.made') && particulars.evaluation) {
    changes.decisions = [
      decisionRow(after, particulars.evaluation, particulars.cause ?? 'sweep', now),
    ]
  }
  if (after.grant && after.grant !== ticket.grant) {
    changes.grant = grantRow(after, after.grant, before.grantRow, events, particulars, now)
  }
  const outbox = outboxRows(ticket, after, events)
  if (outbox.length > 0) changes.outbox = outbox
  if (particulars.evaluation) {
    // An evaluation under the lock has seen every committed input, also when it changed nothing.
    changes.patch = { ...changes.patch, evaluated_seq: after.inputSeq }
    changes.settlesOutbox = true
  }
  if (particulars.settled) changes.settlesOutbox = true
  return { after, changes }
}

/** What the command sets off. */
function outboxRows(before: Ticket, after: Ticket, events: TicketEvent[]): OutboxRow[] {
  const cause = events[0]?.type ?? 'input'
  const row = (topic: string) => ({ topic, request_id: before.requestId, cause })
  return [
    ...(after.inputSeq > before.inputSeq && after.state === 'open' ? [row('evaluate')] : []),
    // Whoever was told that it is held is told what became of it.
    ...(after.openedAt !== null && events.length > 0 ? [row('notify')] : []),
  ]
}

/** The columns that repeat the latest evaluation for lists. */
export function evaluationPatch(evaluation: Evaluation | undefined) {
  if (!evaluation) return {}
  return {
    verdict: evaluation.verdict,
    issues: evaluation.issues as unknown as Json,
    requirements: evaluation.requirements as unknown as Json,
    outstanding: evaluation.outstanding,
    waiting_groups: waitingGroups(evaluation),
    next_check_at: isoOrNull(evaluation.nextCheckAt),
    risk: evaluation.risk,
    environment: evaluation.environment,
  } satisfies RequestPatch
}

function ticketPatch(after: Ticket, events: TicketEvent[], particulars: Particulars): RequestPatch {
  const ending = events.find((event) => event.type === `request.${after.state}`)
  return {
    state: after.state,
    input_seq: after.inputSeq,
    evaluated_seq: after.evaluatedSeq,
    decision_count: after.decisionOrdinal,
    opened_at: isoOrNull(after.openedAt),
    deadline_at: isoOrNull(after.deadlineAt),
    closed_at: isoOrNull(after.closedAt),
    ...(ending && {
      closed_by: ending.actor.kind === 'person' ? ending.actor.id : null,
      close_reason: ending.body as Json,
    }),
    ...(particulars.supersededBy !== undefined && { superseded_by: particulars.supersededBy }),
  }
}

/** The event's body, with what only the writer knows: which key a caller used, and the digest of a vote's receipt. */
function auditBody(event: TicketEvent, { votes = [] }: Particulars): JsonObject {
  const body = { ...event.body } as JsonObject
  if (event.actor.kind === 'caller') body['key'] = event.actor.keyId
  if (event.type === 'vote.cast') {
    const vote = votes.find(({ id }) => id === event.body.vote_id)
    body['receipt_digest'] = vote ? receiptDigest(vote.receipt) : null
  }
  return body
}

/** Covers the whole receipt, so that a stored one cannot be exchanged. */
export function receiptDigest(receipt: Json): string {
  return digestOf({ type: 'countersign/vote-receipt', v: 1, receipt })
}

/** Audit entries of a request's own stream, chained on its head. */
export function eventRows(
  requestId: string,
  head: HeldRows['head'],
  events: TicketEvent[],
  particulars: Particulars,
  now: number,
): EventRow[] {
  const drafts = events.map((event) => ({
    type: event.type,
    actor: auditActor(event.actor),
    body: auditBody(event, particulars),
    at: now,
  }))
  return appendEntries({ stream: `request:${requestId}`, head }, drafts).map((entry) => ({
    stream: entry.stream,
    ordinal: entry.ordinal,
    type: entry.type,
    at: entry.at,
    actor: entry.actor as unknown as Json,
    body: entry.body as Json,
    prev: entry.prev,
    hash: entry.hash,
  }))
}

export function decisionRow(
  after: Ticket,
  evaluation: Evaluation,
  cause: string,
  now: number,
): DecisionRow {
  return {
    request_id: after.requestId,
    ordinal: after.decisionOrdinal,
    verdict: evaluation.verdict,
    issues: evaluation.issues as unknown as Json,
    requirements: evaluation.requirements as unknown as Json,
    outstanding: evaluation.outstanding,
    policy_version: evaluation.policyVersion,
    cause,
    at: iso(now),
  }
}

export function grantRow(
  after: Ticket,
  grant: Grant,
  previous: GrantRow | null,
  events: TicketEvent[],
  particulars: Particulars,
  now: number,
): GrantRow {
  const ending = events.find((event) => event.type === `grant.${grant.state}`)
  const isEnded = ['lapsed', 'revoked', 'burnt'].includes(grant.state)
  const reported = events.find((event) => event.type === 'grant.reported')
  const detail = reported ? reported.detail : (previous?.outcome_detail ?? null)
  return {
    request_id: after.requestId,
    state: grant.state,
    created_at: iso(grant.createdAt),
    ends_at: iso(grant.endsAt),
    generation: grant.generation,
    jti: grant.jti,
    token_expires_at: isoOrNull(grant.tokenExpiresAt),
    claims: particulars.claims ?? previous?.claims ?? null,
    collected_at: isoOrNull(grant.collectedAt),
    redeemed_at: isoOrNull(grant.redeemedAt),
    redeem_nonce_hash: grant.redeemNonceHash,
    redeemed_by_key_id: grant.redeemedByKeyId,
    reported_at: isoOrNull(grant.reportedAt),
    outcome: grant.outcome,
    outcome_detail: detail,
    ended_at: previous?.ended_at ?? (isEnded ? iso(now) : null),
    end_reason: previous?.end_reason ?? (isEnded && ending ? (ending.body as Json) : null),
  }
}

function endedVotes(before: Ticket, after: Ticket, particulars: Particulars, now: number) {
  const live = new Set(after.votes.map((vote) => vote.id))
  const replacing = new Set(particulars.votes?.map((vote) => vote.person_id))
  return before.votes
    .filter((vote) => !live.has(vote.id))
    .map((vote) => ({
      id: vote.id,
      at: iso(now),
      reason: replacing.has(vote.person) ? 'replaced' : 'withdrawn',
    }))
}

function endedEvidence(before: Ticket, after: Ticket, events: TicketEvent[], now: number) {
  const provided = new Set(
    before.evidence.filter((item) => item.state === 'provided').map((item) => item.id),
  )
  return after.evidence
    .filter((item) => provided.has(item.id) && item.state !== 'provided')
    .map((item) => {
      const event = events.find(({ body }) => (body as JsonObject)['evidence_id'] === item.id)
      const reason = (event?.body as JsonObject | undefined)?.['reason']
      return {
        id: item.id,
        at: iso(now),
        by: event && event.actor.kind !== 'system' ? event.actor.id : 'system',
        state: item.state,
        reason: typeof reason === 'string' ? reason : null,
      }
    })
}

/** Groups whose members can still move the ticket on by voting: missing approvals, and plans to confirm. */
function waitingGroups(evaluation: Evaluation): string[] {
  const toConfirm = evaluation.requirements.some(({ state }) => state === 'to_confirm')
  const names = evaluation.requirements.flatMap(({ requirement, state }) =>
    requirement.kind === 'approval' && (state === 'missing' || toConfirm)
      ? groupsOf(requirement.tree)
      : [],
  )
  return [...new Set(names)].sort()
}

function auditActor(actor: TicketEvent['actor']) {
  if (actor.kind === 'system') return { kind: 'system' as const }
  return { kind: actor.kind, id: actor.id }
}

export function iso(at: number): string {
  return new Date(at).toISOString()
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}
