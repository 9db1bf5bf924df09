import { ok, type Result, refuse } from '../result'
import type { Ticket } from './types'

/**
 * Whether votes and evidence are still taken at `now` (epoch ms). From the deadline on they are refused even while no
 * worker has closed the ticket yet, so a slow worker changes nothing. A ticket that was never opened has no deadline
 * and takes none.
 */
export function beforeDeadline({ deadlineAt }: Ticket, now: number): Result<undefined> {
  return deadlineAt !== null && now < deadlineAt ? ok() : refuse('ticket_expired')
}
