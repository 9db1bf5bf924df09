import { capitalised, numberWord } from '#lib/core/policy/plain-words'
import type { Grant } from '#lib/core/ticket/types'
import type { TicketPicture } from '../ticket/load-ticket'
import { isOwnChange } from '../ticket/own-change'
import { isEvaluated, missingVotes, outstanding } from './missing'

/** The first words of every card: what is needed, or how it ended and by whom. An expiry was nobody's doing. */
export function headlineOf(picture: TicketPicture): string {
  const { ticket, rows, nameOf } = picture
  const by = rows.request.closed_by
  switch (ticket.state) {
    case 'open':
      return heldWords(picture)
    case 'released':
      return isOwnChange(picture) ? ownWords(ticket.grant) : releasedWords(ticket.grant)
    case 'rejected':
      return `Rejected by ${by === null ? 'an approver' : nameOf(by)}`
    case 'denied':
      return 'Denied by policy'
    case 'expired':
      return 'Expired, nothing ran'
    case 'cancelled':
      return `Cancelled by ${cancellerWords(picture, by)}, nothing ran`
    case 'superseded':
      return 'Superseded, nothing ran'
  }
}

function heldWords(picture: TicketPicture): string {
  const votes = missingVotes(picture)
  const hasVotes = picture.evaluation.countedVotes.length > 0
  if (votes > 0) {
    if (hasVotes)
      return votes === 1 ? 'One more approval needed' : `${number(votes)} more approvals needed`
    return votes === 1 ? 'Approval needed' : `${number(votes)} approvals needed`
  }
  const waits = outstanding(picture)
  if (waits.some(({ state }) => state === 'to_confirm')) return 'Confirmation needed'
  if (waits.length === 0) return isEvaluated(picture) ? 'Nothing is missing' : 'Being evaluated'
  return hasVotes ? 'Signed, still held' : 'Held'
}

function releasedWords(grant: Grant | null): string {
  switch (grant?.state) {
    case 'lapsed':
    case 'burnt':
      return 'Released, nothing ran'
    case 'revoked':
      return 'Revoked, nothing ran'
    case 'reported':
      return REPORTED[grant.outcome ?? 'unknown']
    default:
      return 'Released'
  }
}

/** Of a change of the installation itself. */
function ownWords(grant: Grant | null): string {
  if (grant?.state !== 'reported') return releasedWords(grant)
  return grant.outcome === 'succeeded' ? 'Approved and applied' : 'Approved, not applied'
}

const REPORTED = {
  succeeded: 'Released, ran once',
  failed: 'Released, ran and failed',
  rolled_back: 'Released, ran and was rolled back',
  unknown: 'Released, outcome unknown',
}

function cancellerWords({ rows, nameOf }: TicketPicture, by: string | null): string {
  if (by === null) return 'its caller'
  if (isOwnChange({ rows })) return nameOf(by)
  return by === rows.caller.owner_id ? 'its owner' : nameOf(by)
}

function number(count: number): string {
  return capitalised(numberWord(count))
}
