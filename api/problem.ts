import { type Refusal, refusalEntry } from '#lib/core/refusals'
import type { Problem } from '#lib/wire/problem'

/** RFC 9457 problem details of a refusal. `requestId` is added where the call is about one. */
export function problemOf(refusal: Refusal, requestId?: string): Problem {
  const entry = refusalEntry(refusal.code)
  return {
    type: `urn:countersign:problem:${refusal.code}`,
    title: entry.title,
    status: entry.status,
    detail: refusal.detail ?? entry.sentence,
    code: refusal.code,
    ...(requestId !== undefined && { request_id: requestId }),
    ...(entry.disposition && { disposition: entry.disposition }),
    ...(refusal.fields && { errors: refusal.fields }),
    ...(refusal.meta && { meta: refusal.meta }),
  }
}

const MEDIA_TYPE = 'application/problem+json'
const RETRY_SECONDS = '2'

/** The response: never cached, with `Retry-After` where trying again later makes sense. */
export function problemResponse(refusal: Refusal, requestId?: string): Response {
  const problem = problemOf(refusal, requestId)
  const headers: Record<string, string> = {
    'content-type': MEDIA_TYPE,
    'cache-control': 'no-store',
  }
  if (problem.status === 429 || problem.status === 503) {
    headers['retry-after'] = String(refusal.meta?.['retry_after_seconds'] ?? RETRY_SECONDS)
  }
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer realm="countersign"'
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
