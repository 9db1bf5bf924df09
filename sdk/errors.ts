import type { Problem } from '../lib/wire/problem'
import type { RequestAnswer } from '../lib/wire/request'

/** Base of everything the SDK throws. `code` is stable; `requestId` is there when a request is. None of them means "run". */
export class CountersignError extends Error {
  override readonly name: string = 'CountersignError'
  readonly code: string
  readonly requestId: string | undefined

  constructor(message: string, code: string, requestId?: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.requestId = requestId
  }
}

/** The server refused a call: RFC 9457 problem details. */
export class RefusedError extends CountersignError {
  override readonly name: string = 'RefusedError'
  readonly status: number
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.title}: ${problem.detail}`, problem.code, problem.request_id)
    this.status = problem.status
    this.problem = problem
  }

  /** `retry`: the same token may be sent again; `burn`: the grant is gone; `leave`: this asker may not run it. */
  get disposition(): 'retry' | 'burn' | 'leave' | undefined {
    return this.problem.disposition
  }
}

/** The grant was redeemed before: never run the action again, report what is known. */
export class AlreadyRedeemedError extends RefusedError {
  override readonly name = 'AlreadyRedeemedError'
}

/** What is about to run is not what was signed. */
export class ContractChangedError extends RefusedError {
  override readonly name = 'ContractChangedError'
}

/** A request ended without a release. */
export class NotReleasedError extends CountersignError {
  override readonly name: string = 'NotReleasedError'
  readonly request: RequestAnswer

  constructor(message: string, request: RequestAnswer) {
    super(message, request.state, request.request_id)
    this.request = request
  }
}

/** Policy said no. */
export class DeniedError extends NotReleasedError {
  override readonly name = 'DeniedError'
}
/** A human said no: `request.closed` has the reason and the note. */
export class RejectedError extends NotReleasedError {
  override readonly name = 'RejectedError'
}
/** Nobody said yes in time. */
export class ExpiredError extends NotReleasedError {
  override readonly name = 'ExpiredError'
}
/** It was taken back. */
export class CancelledError extends NotReleasedError {
  override readonly name = 'CancelledError'
}
/** A newer request took its place: `request.superseded_by`. */
export class SupersededError extends NotReleasedError {
  override readonly name = 'SupersededError'
}

/** waitFor gave up waiting; the request is still open. */
export class WaitTimeoutError extends CountersignError {
  override readonly name = 'WaitTimeoutError'
}

/** The token carries an obligation that this runtime does not know how to keep, so it does not run. */
export class UnknownObligationError extends CountersignError {
  override readonly name = 'UnknownObligationError'
}

/** The token does not verify. */
export class TokenError extends CountersignError {
  override readonly name = 'TokenError'
}

/** The server cannot be reached, after every retry. */
export class UnreachableError extends CountersignError {
  override readonly name = 'UnreachableError'
}

/**
 * Thrown by a guarded function to say how it ended: `rolled_back` when it put things right again, `unknown` when it cannot
 * tell. Any other error is told as `failed`.
 */
export class ActionError extends Error {
  override readonly name = 'ActionError'
  readonly outcome: 'failed' | 'rolled_back' | 'unknown'

  constructor(outcome: ActionError['outcome'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.outcome = outcome
  }
}

export function refusedError(problem: Problem): RefusedError {
  if (problem.code === 'already_redeemed') return new AlreadyRedeemedError(problem)
  if (problem.code === 'digest_mismatch') return new ContractChangedError(problem)
  return new RefusedError(problem)
}

/** The error that tells how a request ended; null when it is open or released. */
export function endedError(request: RequestAnswer): NotReleasedError | null {
  const { closed } = request
  const why = [closed?.by && `by ${closed.by}`, closed?.reason, closed?.note]
    .filter(Boolean)
    .join(': ')
  const tail = why === '' ? '' : ` ${why}`
  switch (request.state) {
    case 'open':
    case 'released':
      return null
    case 'denied':
      return new DeniedError(`Denied by policy: ${issuesOf(request)}`, request)
    case 'rejected':
      return new RejectedError(`Rejected${tail}`, request)
    case 'expired':
      return new ExpiredError('Expired: not enough answers in time, nothing ran', request)
    case 'cancelled':
      return new CancelledError(`Cancelled${tail}, nothing ran`, request)
    case 'superseded':
      return new SupersededError(`Superseded by ${request.superseded_by}`, request)
    default:
      return new NotReleasedError('The server names a state this SDK does not know', request)
  }
}

function issuesOf(request: RequestAnswer): string {
  const texts = request.issues
    .filter(({ severity }) => severity === 'deny')
    .map(({ message }) => message)
  return texts.join(' ')
}
