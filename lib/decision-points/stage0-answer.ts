import { z } from 'zod'
import { parseJson } from '#lib/core/contract/parse-json'
import type { RemoteFact, Verdict } from '#lib/core/policy/types'
import type { AskError } from './types'

export interface Stage0Verdict {
  verdict: Verdict
  issues: RemoteFact['issues']
  remoteRequestId: string | null
  remotePolicyVersion: string | null
}

const MOST_ISSUES = 50
const LONGEST = { code: 100, message: 500, name: 200 }

const cut = (most: number) => z.string().transform((text) => text.slice(0, most))
const optionalName = cut(LONGEST.name)
  .nullish()
  .transform((text) => text ?? null)

const issue = z.union([
  z
    .string()
    .transform((message) => ({ code: 'unspecified', message: message.slice(0, LONGEST.message) })),
  z.looseObject({
    code: cut(LONGEST.code).default('unspecified'),
    message: cut(LONGEST.message).default(''),
  }),
])

const answer = z.looseObject({
  verdict: z.string(),
  /** Stage0's posture beside its verdict: GO, NO_GO, DEFER or ERROR. */
  decision: z.string().nullish(),
  issues: z.array(issue).nullish(),
  request_id: optionalName,
  policy_version: optionalName,
})

const VERDICTS: ReadonlySet<string> = new Set<Verdict>(['ALLOW', 'DEFER', 'DENY'])

function isVerdict(text: string): text is Verdict {
  return VERDICTS.has(text)
}

/**
 * Reads the body of a 200 from `/check`. Duplicate members, odd numbers and bytes that are not UTF-8 are malformed, so that
 * nobody can read another verdict in it; an ALLOW beside any other posture than GO is no ALLOW.
 */
export function readStage0Answer(body: Uint8Array): Stage0Verdict | AskError {
  const json = parseJson(body)
  if (!json.ok) return 'malformed'
  const parsed = answer.safeParse(json.value)
  if (!parsed.success) return 'malformed'
  const { verdict, decision, issues, request_id, policy_version } = parsed.data
  if (!isVerdict(verdict)) return 'unknown_verdict'
  if (verdict === 'ALLOW' && (decision ?? 'GO') !== 'GO') return 'contradictory'
  return {
    verdict,
    issues: (issues ?? []).slice(0, MOST_ISSUES).map(({ code, message }) => ({ code, message })),
    remoteRequestId: request_id,
    remotePolicyVersion: policy_version,
  }
}

const refusal = z.looseObject({ retry_after_seconds: z.number().nonnegative() })
const nestedRefusal = z.looseObject({ detail: refusal })

/** `retry_after_seconds` of a 429, at the top or under `detail`; undefined when it says nothing usable. */
export function readRetryAfterSeconds(body: Uint8Array): number | undefined {
  const json = parseJson(body)
  if (!json.ok) return undefined
  const flat = refusal.safeParse(json.value)
  if (flat.success) return flat.data.retry_after_seconds
  return nestedRefusal.safeParse(json.value).data?.detail.retry_after_seconds
}
