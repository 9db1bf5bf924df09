import type { JsonObject } from '../../lib/core/contract/json'
import { visibleText } from '../../lib/core/contract/visible'
import {
  AlreadyRedeemedError,
  CountersignError,
  NotReleasedError,
  RefusedError,
  TokenError,
  UnknownObligationError,
  UnreachableError,
  WaitTimeoutError,
} from '../index'
import { redact } from '../secrets'
import type { Done } from './command'
import { CliError, type ExitName } from './exits'

export interface Failure {
  /** For people. What the server and its people wrote is shown with its hidden characters. */
  message: string
  done: Done
}

/** An error as the CLI ends with it: exit, sentence, and the same for machines. */
export function failureOf(error: unknown): Failure {
  // Only this program's own words have lines: a line break in anybody else's could pass for a message of its own.
  const keepLines = error instanceof CliError
  const text = redact(error instanceof Error ? error.message : String(error))
  const message = visibleText(text, { keepLines })
  const exit = exitOf(error)
  return { message, done: { exit, lines: [], json: failureJson(error, message, exit) } }
}

function failureJson(error: unknown, message: string, exit: ExitName): JsonObject {
  const isKnown = error instanceof CliError || error instanceof CountersignError
  return {
    code: isKnown ? error.code : exit,
    message,
    request_id: (isKnown ? error.requestId : undefined) ?? null,
    ...(error instanceof NotReleasedError && { request: plain(error.request) }),
    ...(error instanceof RefusedError && { problem: plain(error.problem) }),
  }
}

/** An answer of the server as JSON, which it is. */
export function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject
}

const ENDED: Record<string, ExitName> = {
  denied: 'denied',
  rejected: 'rejected',
  expired: 'expired',
  cancelled: 'cancelled',
  superseded: 'superseded',
}

function exitOf(error: unknown): ExitName {
  if (error instanceof CliError) return error.exit
  if (error instanceof NotReleasedError) return ENDED[error.code] ?? 'fault'
  if (error instanceof AlreadyRedeemedError) return 'unknown'
  if (error instanceof RefusedError) return exitOfRefusal(error)
  if (error instanceof UnreachableError) return 'unreachable'
  if (error instanceof WaitTimeoutError) return 'still_open'
  if (error instanceof TokenError || error instanceof UnknownObligationError) return 'refused'
  const isRefused = error instanceof CountersignError && error.code !== 'unreadable_answer'
  return isRefused ? 'refused' : 'fault'
}

/** A disposition tells that it was a redemption: then it is the grant that cannot be used so, not the key. */
function exitOfRefusal({ status, disposition }: RefusedError): ExitName {
  if (disposition !== undefined) return 'refused'
  if (status === 401 || status === 403) return 'forbidden'
  return status >= 500 || status === 429 ? 'unreachable' : 'refused'
}
