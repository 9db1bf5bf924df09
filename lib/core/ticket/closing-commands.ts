import { ok, type Result, refuse } from '../result'
import type { TicketEvent } from './events'
import type { Ticket, TicketCommand } from './types'

/**
 * Ends an open ticket from the requesting side. Taken even past the deadline while no worker has closed the ticket:
 * it can only stop something.
 * @returns refusal `forbidden`
 */
export function cancel(command: Extract<TicketCommand, { kind: 'cancel' }>): Result<TicketEvent[]> {
  const { actor, mayCancel, reason } = command
  return mayCancel
    ? ok([{ type: 'request.cancelled', actor, body: { reason } }])
    : refuse('forbidden')
}

/** A newer request takes the place of this one: ends an open ticket, or revokes an unredeemed grant of a released one. */
export function supersede(
  ticket: Ticket,
  { actor, bySuccessor }: Extract<TicketCommand, { kind: 'supersede' }>,
): Result<TicketEvent[]> {
  const event: TicketEvent =
    ticket.state === 'open'
      ? { type: 'request.superseded', actor, body: { superseded_by: bySuccessor } }
      : { type: 'grant.revoked', actor, body: { reason: null, superseded_by: bySuccessor } }
  return ok([event])
}
