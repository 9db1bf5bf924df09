import { z } from 'zod'
import { CONTRACT_MEMBERS } from './contract'
import { anyJson } from './json'
import { requestState } from './request'

/** Members that Stage0's clients send and that mean nothing here. */
export const IGNORED_MEMBERS = ['pro', 'policy_pack_version', 'debug_store_input'] as const

/** The body of Stage0's `/check`: a contract, and switches of Stage0's own that are read over. */
export const checkBody = z
  .strictObject({
    ...CONTRACT_MEMBERS,
    pro: anyJson.describe('Read over.').optional(),
    policy_pack_version: anyJson.describe('Read over.').optional(),
    debug_store_input: anyJson.describe('Read over.').optional(),
  })
  .meta({ id: 'Check', description: 'A contract, and switches of Stage0’s own.' })

/** Stage0's answer, with where the request stands. `ALLOW` is not among the verdicts: a check runs nothing. */
export const checkAnswer = z
  .object({
    verdict: z.enum(['DEFER', 'DENY']),
    decision: z.enum(['DEFER', 'NO_GO']),
    reason: z.string(),
    issues: z.array(
      z.object({
        code: z.string(),
        severity: z.enum(['HIGH', 'MEDIUM', 'LOW']),
        message: z.string(),
      }),
    ),
    request_id: z.string(),
    policy_version: z.string(),
    risk_score: z
      .int()
      .min(0)
      .max(100)
      .describe('By the class of risk of the tools as they are registered here.'),
    state: requestState,
    ticket_url: z.string().nullable().describe('Where people see it.'),
  })
  .meta({
    id: 'CheckAnswer',
    description:
      'What clients of Stage0 read. A check runs nothing, so the verdict is never ALLOW.',
  })
export type CheckAnswer = z.infer<typeof checkAnswer>
