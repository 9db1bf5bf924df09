import type { Problem } from '../lib/wire/problem'
import { CountersignError, RefusedError, refusedError, UnreachableError } from './errors'

export interface TransportOptions {
  /** Origin of the installation, e.g. https://countersign.example */
  url: string
  fetch?: typeof fetch
  /** Tries of one call, the first included. */
  maxTries?: number
}

export interface Call {
  method: 'GET' | 'POST'
  path: string
  key: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
  /** How long one try may take. */
  timeoutMs?: number
}

const DEFAULT_TRIES = 5
const DEFAULT_TIMEOUT_MS = 15_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000
const RETRY_STATUS = new Set([429, 500, 502, 503, 504])

/** One JSON call with retries: connection faults, 429 and 5xx, with jitter, honouring Retry-After. */
export async function send<T>(options: TransportOptions, call: Call): Promise<T> {
  const tries = options.maxTries ?? DEFAULT_TRIES
  for (let attempt = 1; ; attempt++) {
    const answered = await attemptOnce(options, call)
    if (answered.kind === 'ok') return answered.body as T
    if (!answered.isRetryable || attempt >= tries) throw answered.error
    await pause(answered.retryAfterMs ?? backoff(attempt), call.signal)
  }
}

type Attempt =
  | { kind: 'ok'; body: unknown }
  | { kind: 'failed'; error: CountersignError; isRetryable: boolean; retryAfterMs?: number }

async function attemptOnce(options: TransportOptions, call: Call): Promise<Attempt> {
  call.signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(call.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  let response: Response
  let text: string
  try {
    response = await (options.fetch ?? fetch)(new URL(call.path, options.url), {
      method: call.method,
      redirect: 'error',
      headers: {
        authorization: `Bearer ${call.key}`,
        accept: 'application/json',
        ...(call.body !== undefined && { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    })
    text = await response.text()
  } catch (cause) {
    call.signal?.throwIfAborted()
    const error = new UnreachableError(`${options.url} does not answer`, 'unreachable', undefined, {
      cause,
    })
    return { kind: 'failed', error, isRetryable: true }
  }
  return read(response, text)
}

function read(response: Response, text: string): Attempt {
  const body = parse(text)
  if (response.ok && body !== undefined) return { kind: 'ok', body }
  const isRetryable = RETRY_STATUS.has(response.status)
  const error = isProblem(body)
    ? refusedError(body)
    : new CountersignError(
        `The server answered ${response.status} without saying why`,
        'unreadable_answer',
      )
  const seconds = Number(response.headers.get('retry-after'))
  const isRedeemRetry = error instanceof RefusedError && error.disposition !== undefined
  return {
    kind: 'failed',
    error,
    // A refused redemption says itself what may be repeated; the caller decides.
    isRetryable: isRetryable && !isRedeemRetry,
    ...(seconds > 0 && { retryAfterMs: Math.min(seconds * 1000, LONGEST_PAUSE_MS) }),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'status' in body
  )
}

function backoff(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2)
}

/** Waits, or rejects with the signal's reason at once. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
