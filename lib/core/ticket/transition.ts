import type { Result } from '../result'
import { refuse } from '../result'
import { unreachable } from '../unreachable'
import { cancel, supersede } from './closing-commands'
import { evaluate } from './evaluate-command'
import type { TicketEvent } from './events'
import { addEvidence, rejectEvidence, withdrawEvidence } from './evidence-commands'
import { collect, lapse, report, revoke } from './grant-commands'
import { legality } from './legal'
import { redeem } from './redeem-command'
import type { Grant, Ticket, TicketCommand } from './types'
import { vote, withdrawVote } from './vote-commands'

type GrantCommand = Extract<
  TicketCommand,
  { kind: 'collect' | 'redeem' | 'report' | 'revoke' | 'lapse' }
>

/**
 * What a command does to a ticket at `now` (epoch ms): the events that happened, in order, or why nothing did. Total
 * and pure; every door goes through here. No events means that it had been done already.
 */
export function transition(
  ticket: Ticket,
  command: TicketCommand,
  now: number,
): Result<TicketEvent[]> {
  const legal = legality(ticket, command.kind)
  if (!legal.ok) return legal
  switch (command.kind) {
    case 'vote':
      return vote(ticket, command, now)
    case 'withdraw_vote':
      return withdrawVote(ticket, command, now)
    case 'add_evidence':
      return addEvidence(ticket, command, now)
    case 'withdraw_evidence':
      return withdrawEvidence(ticket, command, now)
    case 'reject_evidence':
      return rejectEvidence(ticket, command, now)
    case 'evaluate':
      return evaluate(ticket, command, now)
    case 'cancel':
      return cancel(command)
    case 'supersede':
      return supersede(ticket, command)
    case 'collect':
    case 'redeem':
    case 'report':
    case 'revoke':
    case 'lapse':
      return ticket.grant === null ? refuse('not_ready') : onGrant(ticket.grant, command, now)
    default:
      return unreachable(command)
  }
}

function onGrant(grant: Grant, command: GrantCommand, now: number): Result<TicketEvent[]> {
  switch (command.kind) {
    case 'collect':
      return collect(grant, command, now)
    case 'redeem':
      return redeem(grant, command, now)
    case 'report':
      return report(grant, command)
    case 'revoke':
      return revoke(command)
    case 'lapse':
      return lapse(grant, command, now)
    default:
      return unreachable(command)
  }
}
