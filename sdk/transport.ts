import type { Problem } from './answers'
import { pause, startDeadline } from './deadline'
import { CountersignError, refusedError, UnreachableError } from './errors'
import { readText } from './read-answer'
import { redact, redactedCause } from './secrets'

export interface TransportOptions {
  /** Where the installation is reached, e.g. https://countersign.example. Only the origin is used. */
  url: string
  fetch?: typeof fetch
  /** Tries of one call, the first included; 5 when left out. */
  maxTries?: number
}

export interface Call {
  method: 'GET' | 'POST'
  path: string
  /** API key; left out for what is public. */
  key?: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
  /** How long one try may take. */
  timeoutMs?: number
  /** Instead of the client's `maxTries`. */
  maxTries?: number
  /** Instead of two minutes: where `Retry-After` asks for more, the call ends with an error. */
  longestRetryAfterMs?: number
  /** The request this is about: errors name it even where the answer does not. */
  requestId?: string | undefined
}

const DEFAULT_TRIES = 5
const DEFAULT_TIMEOUT_MS = 15_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000
/** A server that asks for more than this gets an error instead of a caller that hangs. */
const LONGEST_RETRY_AFTER_MS = 120_000
const TOO_MANY_STATUS = 429
const FAULT_STATUS = 500
/** Final, unless it says when to come back: the same call is still under way. None of Countersign's own refusals does. */
const IN_FLIGHT_STATUS = 409

/**
 * One JSON call. Tried again, with growing pauses and jitter, on connection faults, 429, 5xx and a 409 with `Retry-After`; never
 * before the `Retry-After` of the answer. So every call must be one that may be sent twice.
 * @throws RefusedError, UnreachableError, CountersignError, or the signal's reason
 */
export async function send<T>(options: TransportOptions, call: Call): Promise<T> {
  const tries = call.maxTries ?? options.maxTries ?? DEFAULT_TRIES
  for (let attempt = 1; ; attempt++) {
    const answered = await attemptOnce(options, call)
    if (answered.kind === 'ok') return answered.body as T
    if (!answered.isRetryable || attempt >= tries) throw answered.error
    await pause(pauseBefore(attempt, answered.retryAfterMs), call.signal)
  }
}

type Attempt =
  | { kind: 'ok'; body: unknown }
  | { kind: 'failed'; error: CountersignError; isRetryable: boolean; retryAfterMs: number | null }

async function attemptOnce(options: TransportOptions, call: Call): Promise<Attempt> {
  call.signal?.throwIfAborted()
  const deadline = startDeadline(call.timeoutMs ?? DEFAULT_TIMEOUT_MS, call.signal)
  try {
    const url = new URL(call.path, options.url)
    const response = await (options.fetch ?? fetch)(url, requestOf(call, deadline.signal))
    return readAnswer(call, response, await readText(response))
  } catch (fault) {
    call.signal?.throwIfAborted()
    const told = `${options.url} does not answer`
    const cause = redactedCause(fault, call.key)
    const error = new UnreachableError(told, 'unreachable', call.requestId, { cause })
    return { kind: 'failed', error, isRetryable: true, retryAfterMs: null }
  } finally {
    deadline.end()
  }
}

function requestOf(call: Call, signal: AbortSignal): RequestInit {
  return {
    method: call.method,
    // A key goes to the origin it was given for and to no other.
    redirect: 'error',
    headers: {
      accept: 'application/json',
      ...(call.key !== undefined && { authorization: `Bearer ${call.key}` }),
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    signal,
  }
}

function readAnswer(call: Call, response: Response, text: string | null): Attempt {
  if (text === null) {
    const error = new CountersignError(
      'The answer does not end',
      'unreadable_answer',
      call.requestId,
    )
    return { kind: 'failed', error, isRetryable: false, retryAfterMs: null }
  }
  // What stands between may repeat the headers that it was sent.
  const body = parse(response.ok ? text : redact(text, call.key))
  if (response.ok && isObject(body)) return { kind: 'ok', body }
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'))
  const longestMs = call.longestRetryAfterMs ?? LONGEST_RETRY_AFTER_MS
  const mayRetry = isPassing(response.status, retryAfterMs) && (retryAfterMs ?? 0) <= longestMs
  if (!isProblem(body)) {
    const told = `The server answered ${response.status} without saying why`
    const error = new CountersignError(told, 'unreadable_answer', call.requestId)
    return { kind: 'failed', error, isRetryable: mayRetry, retryAfterMs }
  }
  // `burn` and `leave` are final answers, whatever their status.
  const isFinal = body.disposition === 'burn' || body.disposition === 'leave'
  const named = call.requestId === undefined ? body : { request_id: call.requestId, ...body }
  return {
    kind: 'failed',
    error: refusedError(named, retryAfterMs),
    isRetryable: mayRetry && !isFinal,
    retryAfterMs,
  }
}

function isPassing(status: number, retryAfterMs: number | null): boolean {
  if (status === IN_FLIGHT_STATUS) return retryAfterMs !== null
  return status === TOO_MANY_STATUS || status >= FAULT_STATUS
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null
}

function isProblem(body: unknown): body is Problem {
  return (
    isObject(body) &&
    'status' in body &&
    ['code', 'title', 'detail'].every((name) => typeof Reflect.get(body, name) === 'string')
  )
}

/** Seconds or an HTTP date (RFC 9110 section 10.2.3); null when there is none. */
function readRetryAfter(text: string | null): number | null {
  if (text === null) return null
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(ms) ? null : Math.max(ms, 0)
}

/** Grows with each try. Jitter keeps many callers from coming back in step, also after a `Retry-After`. */
function pauseBefore(attempt: number, retryAfterMs: number | null): number {
  const backoffMs = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS)
  return (retryAfterMs ?? 0) + backoffMs * (0.5 + Math.random() / 2)
}
