import type { EvidenceFact } from '../policy/types'
import { ok, type Result, refuse } from '../result'
import { beforeDeadline } from './deadline'
import type { TicketEvent } from './events'
import type { Actor, Ticket, TicketCommand } from './types'
import { mayAnswer } from './voter-check'

type Command<Kind extends TicketCommand['kind']> = Extract<TicketCommand, { kind: Kind }>

/** How many items one author may attach to one ticket, withdrawn ones included. One author cannot crowd out another. */
export const MAX_ITEMS_PER_AUTHOR = 100

/**
 * Attaches an item at `now` (epoch ms). An id that is on the ticket already changes nothing.
 * @returns refusal `ticket_expired`, `evidence_not_allowed` or `evidence_invalid` (too many)
 */
export function addEvidence(
  ticket: Ticket,
  command: Command<'add_evidence'>,
  now: number,
): Result<TicketEvent[]> {
  const { actor, evidenceId, type, sha256, allowed } = command
  const inTime = beforeDeadline(ticket, now)
  if (!inTime.ok) return inTime
  if (!allowed || actor.kind === 'system') return refuse('evidence_not_allowed')
  if (ticket.evidence.some(({ id }) => id === evidenceId)) return ok([])
  if (ticket.evidence.filter((item) => isAuthor(item, actor)).length >= MAX_ITEMS_PER_AUTHOR) {
    const detail = `You have attached ${MAX_ITEMS_PER_AUTHOR} items to this ticket, which is the most it takes.`
    return refuse('evidence_invalid', { detail })
  }
  const body = { evidence_id: evidenceId, evidence_type: type, sha256 }
  return ok([{ type: 'evidence.added', actor, body }])
}

/**
 * Takes back one's own item. Taking it back twice changes nothing.
 * @returns refusal `ticket_expired`, `not_found`, `forbidden` (somebody else's) or `already_decided` (rejected)
 */
export function withdrawEvidence(
  ticket: Ticket,
  { actor, evidenceId }: Command<'withdraw_evidence'>,
  now: number,
): Result<TicketEvent[]> {
  const inTime = beforeDeadline(ticket, now)
  if (!inTime.ok) return inTime
  const item = ticket.evidence.find(({ id }) => id === evidenceId)
  if (item === undefined) return refuse('not_found')
  if (actor.kind === 'system' || !isAuthor(item, actor)) {
    return refuse('forbidden', { detail: 'Only its author may withdraw an item of evidence.' })
  }
  if (item.state === 'withdrawn') return ok([])
  if (item.state === 'rejected') {
    return refuse('already_decided', { detail: 'An approver has rejected this item already.' })
  }
  return ok([{ type: 'evidence.withdrawn', actor, body: { evidence_id: evidenceId } }])
}

/**
 * An eligible approver says that an item will not do, and why. Saying it of a rejected item changes nothing.
 * @returns refusal `ticket_expired`, `own_request`, `not_eligible`, `not_found`, `invalid_body` (no reason) or
 * `already_decided` (withdrawn)
 */
export function rejectEvidence(
  ticket: Ticket,
  command: Command<'reject_evidence'>,
  now: number,
): Result<TicketEvent[]> {
  const { actor, evidenceId, reason, voter, evaluation } = command
  const inTime = beforeDeadline(ticket, now)
  if (!inTime.ok) return inTime
  const allowed = mayAnswer(evaluation, voter)
  if (!allowed.ok) return allowed
  const item = ticket.evidence.find(({ id }) => id === evidenceId)
  if (item === undefined) return refuse('not_found')
  if (reason.trim() === '') {
    const fields = [{ path: '/reason', message: 'Say why.', code: 'required' }]
    return refuse('invalid_body', { detail: 'Rejecting evidence needs a reason.', fields })
  }
  if (item.state === 'rejected') return ok([])
  if (item.state === 'withdrawn') {
    return refuse('already_decided', { detail: 'Its author has withdrawn this item already.' })
  }
  return ok([{ type: 'evidence.rejected', actor, body: { evidence_id: evidenceId, reason } }])
}

/**
 * Whoever runs the installation erases what an item says. In every state of the ticket, so it is no row of the table of what
 * is legal when: it changes no outcome. Whether it was erased before is the caller's to know.
 * @returns refusal `not_found` or `invalid_body` (no reason)
 */
export function eraseEvidence(
  ticket: Ticket,
  { evidenceId, reason }: { evidenceId: string; reason: string },
): Result<TicketEvent[]> {
  const item = ticket.evidence.find(({ id }) => id === evidenceId)
  if (item === undefined) return refuse('not_found')
  if (reason.trim() === '') return refuse('invalid_body', { detail: 'Say why it is erased.' })
  const body = { evidence_id: evidenceId, sha256: item.sha256, reason }
  return ok([{ type: 'evidence.erased', actor: { kind: 'system' }, body }])
}

function isAuthor({ author }: EvidenceFact, actor: Exclude<Actor, { kind: 'system' }>): boolean {
  return author.kind === actor.kind && author.id === actor.id
}
