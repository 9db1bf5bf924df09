import type { EvidenceFact } from '../policy/types'
import { unreachable } from '../unreachable'
import type { TicketEvent } from './events'
import type { Grant, Ticket, TicketState } from './types'

type EventOf<Type extends TicketEvent['type']> = Extract<TicketEvent, { type: Type }>

/**
 * The ticket after an event that happened at `at` (epoch ms). Pure; the ticket given is not changed. Votes and evidence
 * count up `inputSeq`, so that an evaluation is known to be due; audit-only events change nothing.
 */
export function apply(ticket: Ticket, event: TicketEvent, at: number): Ticket {
  switch (event.type) {
    case 'request.submitted':
    case 'vote.refused':
    case 'redeem.refused':
      return ticket
    case 'decision.made':
      return decided(ticket, event)
    case 'ticket.opened':
      return { ...ticket, openedAt: at, deadlineAt: Date.parse(event.body.deadline_at) }
    case 'request.released':
      return close(ticket, 'released', at)
    case 'request.rejected':
      return close(ticket, 'rejected', at)
    case 'request.denied':
      return close(ticket, 'denied', at)
    case 'request.expired':
      return close(ticket, 'expired', at)
    case 'request.cancelled':
      return close(ticket, 'cancelled', at)
    case 'request.superseded':
      return close(ticket, 'superseded', at)
    case 'vote.cast':
      return input({ ...ticket, votes: [...ticket.votes, event.vote] })
    case 'vote.withdrawn':
      return input({
        ...ticket,
        votes: ticket.votes.filter(({ id }) => id !== event.body.vote_id),
      })
    case 'evidence.added':
    case 'evidence.withdrawn':
    case 'evidence.rejected':
      return input({ ...ticket, evidence: evidenceAfter(ticket.evidence, event, at) })
    case 'evidence.erased':
      return erased(ticket, event.body.evidence_id)
    case 'grant.created':
      return { ...ticket, grant: newGrant(event, at) }
    case 'grant.collected':
    case 'grant.redeemed':
    case 'grant.reported':
    case 'grant.lapsed':
    case 'grant.revoked':
    case 'grant.burnt':
      return ticket.grant === null
        ? ticket
        : { ...ticket, grant: grantAfter(ticket.grant, event, at) }
    default:
      return unreachable(event)
  }
}

function decided(ticket: Ticket, { body, decision }: EventOf<'decision.made'>): Ticket {
  return {
    ...ticket,
    decisionOrdinal: body.ordinal,
    evaluatedSeq: body.input_seq,
    lastDecision: decision,
  }
}

function close(ticket: Ticket, state: TicketState, at: number): Ticket {
  return { ...ticket, state, closedAt: at }
}

function input(ticket: Ticket): Ticket {
  return { ...ticket, inputSeq: ticket.inputSeq + 1 }
}

function evidenceAfter(
  evidence: readonly EvidenceFact[],
  event: EventOf<'evidence.added' | 'evidence.withdrawn' | 'evidence.rejected'>,
  at: number,
): EvidenceFact[] {
  if (event.type === 'evidence.added') {
    const { evidence_id: id, evidence_type: type, sha256 } = event.body
    const author = { kind: event.actor.kind, id: event.actor.id }
    return [...evidence, { id, type, sha256, author, at, state: 'provided' }]
  }
  const state = event.type === 'evidence.withdrawn' ? 'withdrawn' : 'rejected'
  return evidence.map((item) => (item.id === event.body.evidence_id ? { ...item, state } : item))
}

/**
 * What nobody can read any more counts for nothing while the request is still held: as if its author had taken it back.
 * What has ended was decided on the item as it was, and stays decided.
 */
function erased(ticket: Ticket, evidenceId: string): Ticket {
  const isLive = ({ id, state }: EvidenceFact) => id === evidenceId && state === 'provided'
  if (ticket.state !== 'open' || !ticket.evidence.some(isLive)) return ticket
  const evidence = ticket.evidence.map(
    (item): EvidenceFact => (isLive(item) ? { ...item, state: 'withdrawn' } : item),
  )
  return input({ ...ticket, evidence })
}

function newGrant({ body }: EventOf<'grant.created'>, at: number): Grant {
  return {
    state: 'ready',
    createdAt: at,
    endsAt: Date.parse(body.ends_at),
    generation: body.generation,
    jti: null,
    tokenExpiresAt: null,
    collectedAt: null,
    redeemedAt: null,
    redeemNonceHash: null,
    redeemedByKeyId: null,
    reportedAt: null,
    outcome: null,
  }
}

function grantAfter(
  grant: Grant,
  event: EventOf<
    | 'grant.collected'
    | 'grant.redeemed'
    | 'grant.reported'
    | 'grant.lapsed'
    | 'grant.revoked'
    | 'grant.burnt'
  >,
  at: number,
): Grant {
  switch (event.type) {
    case 'grant.collected': {
      const { jti, token_expires_at } = event.body
      const tokenExpiresAt = Date.parse(token_expires_at)
      return { ...grant, state: 'collected', jti, tokenExpiresAt, collectedAt: at }
    }
    case 'grant.redeemed': {
      const { key_id: redeemedByKeyId } = event.body
      const redeemNonceHash = event.nonceHash
      return { ...grant, state: 'redeemed', redeemedAt: at, redeemNonceHash, redeemedByKeyId }
    }
    case 'grant.reported':
      return { ...grant, state: 'reported', reportedAt: at, outcome: event.body.outcome }
    case 'grant.lapsed':
      return { ...grant, state: 'lapsed' }
    case 'grant.revoked':
      return { ...grant, state: 'revoked' }
    case 'grant.burnt':
      return { ...grant, state: 'burnt' }
    default:
      return unreachable(event)
  }
}
