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

export const issue = z
  .object({
    code: z.string(),
    severity: z.enum(['deny', 'defer', 'warn']),
    message: z.string().describe('For people.'),
    path: z.string().describe('The place in the contract (JSON Pointer).').optional(),
    requirement: z.string().describe('The `id` of the requirement that it is about.').optional(),
  })
  .meta({ id: 'Issue', description: 'Why the verdict is not ALLOW. `warn` only tells.' })

export const requirementStatus = z
  .object({
    id: z.string(),
    kind: z.enum([
      'approval',
      'mfa',
      'evidence',
      'change_window',
      'precondition',
      'decision_point',
    ]),
    state: z
      .enum(['met', 'missing', 'to_confirm', 'waiting', 'at_redeem'])
      .describe('`waiting` opens by itself; `at_redeem` is looked at when the token is redeemed.'),
    title: z.string().describe('For people.'),
    opens_at: instant.nullable(),
  })
  .meta({ id: 'RequirementStatus', description: 'An item of the checklist, and where it stands.' })

export const grant = z
  .object({
    state: grantState,
    ends_at: instant.describe('Collect and redeem before this.'),
    collected_at: instant.nullable(),
    redeemed_at: instant.nullable(),
    reported_at: instant.nullable(),
    outcome: outcome.nullable(),
  })
  .meta({ id: 'Grant', description: 'What release made: a window in which one token runs once.' })

export const closing = z
  .object({
    at: instant,
    by: z.string().nullable().describe('A person’s name, only where a person ended it.'),
    reason: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Closing', description: 'How a ticket ended. An expiry never names anybody.' })

const pollHint = z
  .object({ wait_seconds: z.int(), retry_after_seconds: z.int() })
  .meta({ id: 'PollHint', description: 'How to wait: ask with `wait` up to so many seconds.' })

const requestMembers = {
  request_id: z.string(),
  verdict: verdict.describe('Of the latest decision.'),
  state: requestState,
  issues: z.array(issue),
  requirements: z.array(requirementStatus),
  policy_version: z.string().describe('name@ordinal+digest, frozen at submission.'),
  contract_digest: z.string(),
  decision: z.int().describe('Ordinal of the latest decision.'),
  submitted_at: instant,
  deadline_at: instant.nullable().describe('Expires then, if it is still open.'),
  closed: closing.nullable(),
  grant: grant.nullable(),
  ticket_url: z.string().nullable().describe('Where people see it.'),
  superseded_by: z.string().nullable().describe('The request that took its place.'),
  poll: pollHint.nullable().describe('null when nothing will change by waiting.'),
}

export const requestAnswer = z
  .object(requestMembers)
  .meta({ id: 'RequestAnswer', description: 'A request as its caller sees it.' })
export type RequestAnswer = z.infer<typeof requestAnswer>

const {
  requirements: _requirements,
  issues: _issues,
  poll: _poll,
  closed: _closed,
  ...summaryMembers
} = requestMembers

const requestSummary = z
  .object(summaryMembers)
  .meta({ id: 'RequestSummary', description: 'A request in a list. Read it for the rest.' })

export const requestList = z
  .object({
    items: z.array(requestSummary),
    next_cursor: z.string().nullable().describe('Where the next page begins; null after the last.'),
  })
  .meta({ id: 'RequestPage', description: 'One page of requests, newest first.' })

export const cancelBody = z
  .strictObject({
    reason: storableText.trim().max(500).describe('For people, and on record.').optional(),
  })
  .meta({ id: 'Cancellation' })
export const outcomeBody = z
  .strictObject({
    outcome: outcome.describe('Say `unknown` when nobody knows: it may become known later.'),
    detail: storableText.max(4_000).describe('For people.').optional(),
  })
  .meta({ id: 'OutcomeReport' })
