import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import { HOUR_MS, SECOND_MS } from '#lib/core/durations'

/** How a call of Slack's Web API ended. Trouble on the way is a value: whoever called decides what becomes of it. */
export type SlackAnswer<T> = { ok: true; value: T } | SlackFailure

export type SlackFailure =
  /** Slack asks for patience. */
  | { ok: false; kind: 'rate_limited'; retryAfterMs: number }
  /** No answer, or one that says nothing: it may or may not have been done. */
  | { ok: false; kind: 'unreachable'; why: string /** For the log. */; cause?: string }
  /** Slack said no; `code` is its error code, or `not_installed` where there is no workspace to speak to. */
  | { ok: false; kind: 'refused'; code: string }

/** Where Slack says 429 and not for how long. */
const UNTOLD_PATIENCE_MS = 30 * SECOND_MS
/** No header silences us for longer. */
const MOST_PATIENCE_MS = HOUR_MS
/** Slack's own troubles, told as error codes. */
const TROUBLES = new Set([
  'fatal_error',
  'internal_error',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
])

/** Runs one call and turns whatever it throws into an answer. */
export async function answerOf<T>(call: () => Promise<T>): Promise<SlackAnswer<T>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    return failureOf(error)
  }
}

export function refusedBySlack(code: string): SlackFailure {
  return { ok: false, kind: 'refused', code }
}

export function unreachable(why: string): SlackFailure {
  return { ok: false, kind: 'unreachable', why }
}

/** For the log, which takes members called `code` for secrets. */
export function failureWords(failure: SlackFailure): string {
  if (failure.kind === 'refused') return `refused: ${failure.code}`
  if (failure.kind === 'rate_limited') return `wait ${failure.retryAfterMs} ms`
  return failure.cause ? `${failure.why} (${failure.cause})` : failure.why
}

function failureOf(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) return rateLimited(error.retryAfter * SECOND_MS)
  if (error instanceof WebAPIPlatformError) return platformFailure(error.data.error)
  if (error instanceof WebAPIHTTPError) {
    return unreachable(`Slack answered with status ${error.statusCode}.`)
  }
  if (error instanceof WebAPIRequestError) return unreached(error.original)
  if (error instanceof Error && error.message.startsWith('Retry header')) {
    return rateLimited(UNTOLD_PATIENCE_MS)
  }
  return unreachable('What Slack answered could not be read.')
}

function platformFailure(code: string): SlackFailure {
  if (code === 'ratelimited' || code === 'rate_limited') return rateLimited(UNTOLD_PATIENCE_MS)
  if (TROUBLES.has(code)) return unreachable(`Slack has troubles of its own (${code}).`)
  return refusedBySlack(code)
}

function rateLimited(retryAfterMs: number): SlackFailure {
  const bounded = Math.min(Math.max(retryAfterMs, SECOND_MS), MOST_PATIENCE_MS)
  return { ok: false, kind: 'rate_limited', retryAfterMs: bounded }
}

/** `fetch failed` says nothing; what it was caused by does. */
function unreached(error: Error): SlackFailure {
  if (error.name === 'TimeoutError') return unreachable('Slack did not answer in time.')
  const cause = error.cause
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const failure = { ok: false, kind: 'unreachable', why: 'Slack could not be reached.' } as const
  return typeof code === 'string' ? { ...failure, cause: code } : failure
}
