import { z } from 'zod'
import { storableText } from './text'

/** RFC 3339 in UTC with milliseconds. */
export const instant = z.iso.datetime()

export const verdict = z.enum(['ALLOW', 'DEFER', 'DENY'])
export const requestState = z.enum([
  'open',
  'released',
  'rejected',
  'denied',
  'expired',
  'cancelled',
  'superseded',
])
export const grantState = z.enum([
  'ready',
  'collected',
  'redeemed',
  'reported',
  'lapsed',
  'revoked',
  'burnt',
])
export const outcome = z.enum(['succeeded', 'failed', 'rolled_back', 'unknown'])

/** Why the verdict is not ALLOW; `warn` only tells. */
export const issue = z.object({
  code: z.string(),
  severity: z.enum(['deny', 'defer', 'warn']),
  message: z.string(),
  path: z.string().optional(),
  requirement: z.string().optional(),
})

/** A checklist item and where it stands. `waiting` opens by itself at `opens_at`. */
export const requirementStatus = z.object({
  id: z.string(),
  kind: z.enum(['approval', 'mfa', 'evidence', 'change_window', 'precondition', 'decision_point']),
  state: z.enum(['met', 'missing', 'to_confirm', 'waiting', 'at_redeem']),
  title: z.string(),
  opens_at: instant.nullable(),
})

export const grant = z.object({
  state: grantState,
  /** Collect and redeem before this. */
  ends_at: instant,
  collected_at: instant.nullable(),
  redeemed_at: instant.nullable(),
  reported_at: instant.nullable(),
  outcome: outcome.nullable(),
})

/** How a ticket ended. `by` is a person's name only where a person ended it: an expiry never names one. */
export const closing = z.object({
  at: instant,
  by: z.string().nullable(),
  reason: z.string().nullable(),
  note: z.string().nullable(),
})

/** A request as its caller sees it. */
export const requestAnswer = z.object({
  request_id: z.string(),
  /** Of the latest decision. */
  verdict,
  state: requestState,
  issues: z.array(issue),
  requirements: z.array(requirementStatus),
  /** name@ordinal+digest, frozen at submission. */
  policy_version: z.string(),
  contract_digest: z.string(),
  decision: z.int(),
  submitted_at: instant,
  deadline_at: instant.nullable(),
  closed: closing.nullable(),
  grant: grant.nullable(),
  /** Where people see it. */
  ticket_url: z.string().nullable(),
  superseded_by: z.string().nullable(),
  /** How to wait: ask with `wait` up to this many seconds; null when nothing will change by waiting. */
  poll: z.object({ wait_seconds: z.int(), retry_after_seconds: z.int() }).nullable(),
})
export type RequestAnswer = z.infer<typeof requestAnswer>

export const requestList = z.object({
  items: z.array(
    requestAnswer.omit({ requirements: true, issues: true, poll: true, closed: true }),
  ),
  next_cursor: z.string().nullable(),
})

export const cancelBody = z.strictObject({ reason: storableText.trim().max(500).optional() })
export const outcomeBody = z.strictObject({
  outcome,
  detail: storableText.max(4_000).optional(),
})
