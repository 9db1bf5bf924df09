import { randomUUID } from 'node:crypto'
import { type Refusal, refusalEntry } from '#lib/core/refusals'
import type { Problem } from '#lib/wire/problem'

/** RFC 9457 problem details of a refusal. `requestId` is added where the call is about one. */
export function problemOf(refusal: Refusal, requestId?: string): Problem {
  const entry = refusalEntry(refusal.code)
  const about = requestId ?? refusal.requestId
  return {
    type: `urn:countersign:problem:${refusal.code}`,
    title: entry.title,
    status: entry.status,
    detail: refusal.detail ?? entry.sentence,
    code: refusal.code,
    ...(about !== undefined && { request_id: about }),
    ...(entry.disposition && { disposition: entry.disposition }),
    ...(refusal.fields && { errors: refusal.fields }),
    ...(refusal.meta && { meta: refusal.meta }),
    ...(isLater(entry.status) && { retry_after_seconds: retryAfter(refusal) }),
  }
}

const MEDIA_TYPE = 'application/problem+json'
const RETRY_SECONDS = 2

/** What names one answer: whoever asks about it can say which, also where it is about no request. It tells nothing. */
export function newInstance(): string {
  return `urn:uuid:${randomUUID()}`
}

/** The response: never cached, with `Retry-After` where trying again later makes sense. */
export function problemResponse(
  refusal: Refusal,
  requestId?: string,
  instance = newInstance(),
): Response {
  const problem = { ...problemOf(refusal, requestId), instance }
  const headers: Record<string, string> = {
    'content-type': MEDIA_TYPE,
    'cache-control': 'no-store',
  }
  if (problem.retry_after_seconds !== undefined) {
    headers['retry-after'] = String(problem.retry_after_seconds)
  }
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer realm="countersign"'
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

function isLater(status: number): boolean {
  return status === 429 || status === 503
}

function retryAfter({ meta }: Refusal): number {
  const told = meta?.['retry_after_seconds']
  return typeof told === 'number' ? told : RETRY_SECONDS
}
