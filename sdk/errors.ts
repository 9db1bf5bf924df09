import type {
  CancelledRequest,
  DeniedRequest,
  ExpiredRequest,
  Problem,
  RejectedRequest,
  RequestAnswer,
  SupersededRequest,
} from './answers'

/**
 * Base of everything the SDK throws. `code` is stable; `requestId` is there when a request is. None of them means "run", and
 * none holds a key or a token.
 */
export class CountersignError extends Error {
  override readonly name: string = 'CountersignError'
  readonly code: string
  readonly requestId: string | undefined

  constructor(message: string, code: string, requestId?: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.requestId = requestId
  }

  /** As the wire names things, for structured logs. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, requestId } = this
    return { name, code, message, ...(requestId !== undefined && { request_id: requestId }) }
  }
}

/** The server refused a call: RFC 9457 problem details. */
export class RefusedError extends CountersignError {
  override readonly name: string = 'RefusedError'
  readonly status: number
  readonly problem: Problem
  /** How long the server asked to wait before the call is made again; null when it did not say. */
  readonly retryAfterMs: number | null

  constructor(problem: Problem, retryAfterMs: number | null = null) {
    super(`${problem.title}: ${problem.detail}`, problem.code, problem.request_id)
    this.status = problem.status
    this.problem = problem
    this.retryAfterMs = retryAfterMs
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

/** The world is not as the contract says it must be. The grant is burnt. */
export class PreconditionFailedError extends RefusedError {
  override readonly name = 'PreconditionFailedError'
}

/** The grant lapsed, was revoked or is burnt: submit anew if it is still wanted. */
export class GrantEndedError extends RefusedError {
  override readonly name = 'GrantEndedError'
}

/** The token is for another audience, caller or environment: do not run it here. */
export class WrongRuntimeError extends RefusedError {
  override readonly name = 'WrongRuntimeError'
}

/** This `run_id` or idempotency key names another contract already. */
export class RunReusedError extends RefusedError {
  override readonly name = 'RunReusedError'
}

/** Not released, so there is no token yet. */
export class NotReadyError extends RefusedError {
  override readonly name = 'NotReadyError'
}

/** The request is closed already: it can be neither cancelled nor given evidence. */
export class ClosedError extends RefusedError {
  override readonly name = 'ClosedError'
}

/** What was sent cannot be read or is not valid: `problem.errors` names the fields. */
export class InvalidError extends RefusedError {
  override readonly name = 'InvalidError'
}

/** The key is missing, wrong or no longer valid. */
export class UnauthenticatedError extends RefusedError {
  override readonly name = 'UnauthenticatedError'
}

/** This key may not do this, e.g. an agent's key that collects. */
export class ForbiddenError extends RefusedError {
  override readonly name = 'ForbiddenError'
}

/** There is no such thing that this key may see. */
export class NotFoundError extends RefusedError {
  override readonly name = 'NotFoundError'
}

/** This caller has submitted, or holds, as much as it may. */
export class TooManyError extends RefusedError {
  override readonly name = 'TooManyError'
}

/** Something failed on the server's side, after every retry. Nothing was allowed because of it. */
export class UnavailableError extends RefusedError {
  override readonly name = 'UnavailableError'
}

/** A request ended without a release. */
export class NotReleasedError<
  Ended extends RequestAnswer = RequestAnswer,
> extends CountersignError {
  override readonly name: string = 'NotReleasedError'
  readonly request: Ended

  constructor(message: string, request: Ended) {
    super(message, request.state, request.request_id)
    this.request = request
  }
}

/** Policy said no. */
export class DeniedError extends NotReleasedError<DeniedRequest> {
  override readonly name = 'DeniedError'
}
/** A human said no: `request.closed` has the reason and the note. */
export class RejectedError extends NotReleasedError<RejectedRequest> {
  override readonly name = 'RejectedError'
}
/** Nobody said yes in time. */
export class ExpiredError extends NotReleasedError<ExpiredRequest> {
  override readonly name = 'ExpiredError'
}
/** It was taken back. */
export class CancelledError extends NotReleasedError<CancelledRequest> {
  override readonly name = 'CancelledError'
}
/** A newer request took its place: `request.superseded_by`. */
export class SupersededError extends NotReleasedError<SupersededRequest> {
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

/** The delivery is not one of this endpoint's, or it is too old: do not act on it. */
export class WebhookError extends CountersignError {
  override readonly name = 'WebhookError'
}

/** What is known of an earlier start of this run cannot be read, or is of another contract. Nothing runs on a guess. */
export class HandleError extends CountersignError {
  override readonly name = 'HandleError'
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

const BY_CODE: Record<string, typeof RefusedError> = {
  already_redeemed: AlreadyRedeemedError,
  digest_mismatch: ContractChangedError,
  precondition_failed: PreconditionFailedError,
  grant_lapsed: GrantEndedError,
  grant_revoked: GrantEndedError,
  grant_burnt: GrantEndedError,
  audience_mismatch: WrongRuntimeError,
  key_mismatch: WrongRuntimeError,
  environment_mismatch: WrongRuntimeError,
  run_reused: RunReusedError,
  not_ready: NotReadyError,
  ticket_closed: ClosedError,
  ticket_expired: ClosedError,
}

/** For codes without a class of their own. */
const BY_STATUS: Record<number, typeof RefusedError> = {
  400: InvalidError,
  401: UnauthenticatedError,
  403: ForbiddenError,
  404: NotFoundError,
  413: InvalidError,
  415: InvalidError,
  429: TooManyError,
}

export function refusedError(problem: Problem, retryAfterMs: number | null = null): RefusedError {
  const byStatus = problem.status >= 500 ? UnavailableError : BY_STATUS[problem.status]
  const byCode = Object.hasOwn(BY_CODE, problem.code) ? BY_CODE[problem.code] : undefined
  const Kind = byCode ?? byStatus ?? RefusedError
  return new Kind(problem, retryAfterMs)
}

/**
 * Whether a redemption was refused for sure: the server looked at the grant and said no. Whatever else a redemption ends with
 * (no answer, an overloaded server, a key that is no longer valid) may have followed a try that redeemed and whose answer was
 * lost.
 */
export function isClearNo(error: unknown): boolean {
  if (!(error instanceof RefusedError)) return false
  return error.disposition !== undefined || BY_CODE[error.code] === GrantEndedError
}

/** The same error, naming the request that it is about where it does not say so itself. */
export function about(error: unknown, requestId: string | undefined): unknown {
  if (!(error instanceof CountersignError) || error.requestId !== undefined) return error
  if (requestId === undefined) return error
  if (error instanceof RefusedError) {
    return refusedError({ ...error.problem, request_id: requestId }, error.retryAfterMs)
  }
  const Kind = error.constructor as typeof CountersignError
  return new Kind(error.message, error.code, requestId, { cause: error.cause })
}

/** The error that tells how a request ended; null when it is open or released. */
export function endedError(request: RequestAnswer): NotReleasedError | null {
  switch (request.state) {
    case 'open':
    case 'released':
      return null
    case 'denied':
      return new DeniedError(`Denied by policy: ${issuesOf(request)}`, request)
    case 'rejected':
      return new RejectedError(`Rejected${whyOf(request)}`, request)
    case 'expired':
      return new ExpiredError('Expired: not enough answers in time, nothing ran', request)
    case 'cancelled':
      return new CancelledError(`Cancelled${whyOf(request)}, nothing ran`, request)
    case 'superseded':
      return new SupersededError(`Superseded by ${request.superseded_by}`, request)
    default:
      return new NotReleasedError('The server names a state this SDK does not know', request)
  }
}

function whyOf({ closed }: RejectedRequest | CancelledRequest): string {
  const why = [closed.by && `by ${closed.by}`, closed.reason, closed.note]
    .filter(Boolean)
    .join(': ')
  return why === '' ? '' : ` ${why}`
}

function issuesOf(request: DeniedRequest): string {
  const texts = request.issues
    .filter(({ severity }) => severity === 'deny')
    .map(({ message }) => message)
  return texts.join(' ')
}
