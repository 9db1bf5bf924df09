import { readBody } from './read-body'
import { readRetryAfterSeconds, readStage0Answer, type Stage0Verdict } from './stage0-answer'
import type { AskError, Question, RemoteAnswer } from './types'

export interface Stage0Config {
  /** Base URL; `check` is appended to its path. */
  url: string
  key: string
  timeoutMs: number
}

export const STAGE0 = 'stage0'

const MAX_ANSWER_BYTES = 64 * 1024

/** When to ask again, by what went wrong. A wrong key or an unpaid plan needs a human first. */
const SOON_MS = 30_000
const LATE_MS = 10 * 60_000
const RETRY_MS: Partial<Record<AskError, number>> = {
  unauthorized: LATE_MS,
  payment_required: LATE_MS,
  http_error: LATE_MS,
  redirected: LATE_MS,
  rate_limited: 60_000,
}
/** Bounds on what the server asks for. */
const SHORTEST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60 * 60_000

const ERROR_BY_STATUS: Record<number, AskError> = {
  401: 'unauthorized',
  403: 'unauthorized',
  402: 'payment_required',
  429: 'rate_limited',
}

interface Failure {
  error: AskError
  /** As asked for by the server. */
  retryAfterMs?: number
}

/**
 * Asks `POST {url}/check` of a Stage0-compatible service about a contract. Never rejects: whatever is not a whole, prompt and
 * unambiguous answer is an answer without a verdict, with an error code and a time to ask again.
 * @param now epoch ms
 */
export async function askStage0(
  config: Stage0Config,
  question: Question,
  now: () => number,
): Promise<RemoteAnswer> {
  const at = now()
  const outcome = await check(config, question)
  const end = now()
  const answer = {
    name: STAGE0,
    at,
    inputSeq: question.inputSeq,
    latencyMs: Math.max(0, end - at),
  }
  if ('verdict' in outcome) return { ...answer, ...outcome }
  return {
    ...answer,
    verdict: null,
    issues: [],
    error: outcome.error,
    retryAt: end + retryMs(outcome),
    remoteRequestId: null,
    remotePolicyVersion: null,
  }
}

async function check(config: Stage0Config, question: Question): Promise<Stage0Verdict | Failure> {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), config.timeoutMs)
  try {
    const response = await fetch(checkUrl(config.url), {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        // Stage0's own clients send the key as x-api-key; services that speak its contract take a bearer.
        authorization: `Bearer ${config.key}`,
        'x-api-key': config.key,
        'x-request-id': question.requestId,
      },
      body: JSON.stringify(stage0Body(question)),
      redirect: 'manual',
      signal: deadline.signal,
    })
    return await readResponse(response)
  } catch {
    return { error: deadline.signal.aborted ? 'timeout' : 'unreachable' }
  } finally {
    clearTimeout(timer)
    // Lets go of a body that nobody reads to its end.
    deadline.abort()
  }
}

/** The members that Stage0 knows. The arguments stay here: they may hold what is nobody else's business. */
function stage0Body({ contract, recorded }: Question): Record<string, unknown> {
  return {
    goal: contract.goal,
    tools: contract.tools,
    constraints: contract.constraints ?? [],
    side_effects: contract.side_effects ?? [],
    success_criteria: contract.success_criteria ?? [],
    context: { ...contract.context, ...recorded },
  }
}

function checkUrl(base: string): URL {
  return new URL('check', base.endsWith('/') ? base : `${base}/`)
}

async function readResponse(response: Response): Promise<Stage0Verdict | Failure> {
  if (response.status !== 200) return await readFailure(response)
  if (!isJson(response)) return { error: 'wrong_content_type' }
  const body = await readBody(response, MAX_ANSWER_BYTES)
  if (body === 'too_large') return { error: 'too_large' }
  const answer = readStage0Answer(body)
  return typeof answer === 'string' ? { error: answer } : answer
}

async function readFailure(response: Response): Promise<Failure> {
  const error = ERROR_BY_STATUS[response.status] ?? errorOf(response.status)
  const retryAfterMs = retryAfterHeader(response)
  if (error !== 'rate_limited')
    return { error, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  const body = await readBody(response, MAX_ANSWER_BYTES)
  const seconds = body === 'too_large' ? undefined : readRetryAfterSeconds(body)
  const askedMs = seconds === undefined ? retryAfterMs : seconds * 1_000
  return { error, ...(askedMs !== undefined && { retryAfterMs: askedMs }) }
}

function errorOf(status: number): AskError {
  if (status >= 500) return 'server_error'
  return status >= 300 && status < 400 ? 'redirected' : 'http_error'
}

function isJson(response: Response): boolean {
  const type = response.headers.get('content-type') ?? ''
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)
}

/** Seconds only: the other form, a date, would trust the server's clock. */
function retryAfterHeader(response: Response): number | undefined {
  const text = response.headers.get('retry-after') ?? ''
  return /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : undefined
}

function retryMs({ error, retryAfterMs }: Failure): number {
  const wantedMs = retryAfterMs ?? RETRY_MS[error] ?? SOON_MS
  return Math.min(Math.max(wantedMs, SHORTEST_RETRY_MS), LONGEST_RETRY_MS)
}
