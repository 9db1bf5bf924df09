import { type Refusal, type RefusalCode, refusalEntry } from '#lib/core/refusals'
import type { Example, Response } from '#lib/wire/openapi'
import type { ApiRoute } from '../call'
import { problemOf } from '../problem'

const OF_EVERY_CALL: RefusalCode[] = ['unauthenticated', 'forbidden', 'internal', 'unavailable']
const OF_A_BODY: RefusalCode[] = [
  'invalid_json',
  'invalid_utf8',
  'duplicate_key',
  'forbidden_key',
  'lone_surrogate',
  'nul_character',
  'inexact_number',
  'too_deep',
  'invalid_body',
  'body_too_large',
  'unsupported_media_type',
]

/** Every code that a call may be refused with: its own, and those of every call of its kind. */
export function codesOf(route: Pick<ApiRoute, 'path' | 'query' | 'body' | 'refuses'>) {
  return new Set<RefusalCode>([
    ...OF_EVERY_CALL,
    ...(route.query ? (['invalid_body'] as const) : []),
    ...(route.body ? OF_A_BODY : []),
    ...(route.path.includes('{id}') ? (['not_found'] as const) : []),
    ...route.refuses,
  ])
}

/** The refusals of a call as answers, by status. Each code is an example that the whole document shares. */
export function refusedAnswers(route: ApiRoute): Record<string, Response> {
  const byStatus = new Map<number, RefusalCode[]>()
  for (const code of codesOf(route)) {
    const { status } = refusalEntry(code)
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const sorted = [...byStatus].sort(([a], [b]) => a - b)
  return Object.fromEntries(sorted.map(([status, codes]) => [status, refusedAnswer(status, codes)]))
}

function refusedAnswer(status: number, codes: RefusalCode[]): Response {
  const isLater = status === 429 || status === 503
  return {
    description: `Refused: ${codes.join(', ')}.`,
    ...(isLater && {
      headers: {
        'Retry-After': { description: 'Seconds to wait at least.', schema: { type: 'integer' } },
      },
    }),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
    },
  }
}

/** A problem for each code that these calls may be refused with. */
export function problemExamples(routes: ApiRoute[]): Record<string, Example> {
  const codes = new Set(routes.flatMap((route) => [...codesOf(route)]))
  const sorted = [...codes].sort((a, b) => refusalEntry(a).status - refusalEntry(b).status)
  return Object.fromEntries(
    sorted.map((code) => [
      code,
      { summary: refusalEntry(code).title, value: problemOf({ code, ...OCCURRENCES[code] }) },
    ]),
  )
}

const REQUEST_ID = 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ'

/** What some refusals tell besides. */
const OCCURRENCES: Partial<Record<RefusalCode, Omit<Refusal, 'code'>>> = {
  invalid_contract: {
    fields: [{ path: '/tools', code: 'missing', message: 'The contract needs tools.' }],
  },
  invalid_body: {
    fields: [
      { path: '/priority', code: 'unknown_member', message: 'There is no member of this name.' },
    ],
  },
  forbidden: { detail: 'This key lacks the scope redeem.', meta: { scope: ['redeem'] } },
  run_reused: { meta: { request_id: REQUEST_ID } },
  precondition_failed: { requestId: REQUEST_ID, meta: { failed: ['image_digest'] } },
  obligation_unknown: { requestId: REQUEST_ID, meta: { missing: ['max_cost_usd'] } },
  already_redeemed: { requestId: REQUEST_ID },
  digest_mismatch: {
    requestId: REQUEST_ID,
    fields: [
      {
        path: '/arguments/deploy.production/release',
        message: 'Differs from the signed contract.',
        code: 'digest_mismatch',
      },
    ],
  },
  too_many_open: { meta: { retry_after_seconds: 60 } },
}
