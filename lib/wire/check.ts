import { z } from 'zod'
import { contractBody } from './contract'
import { anyJson } from './json'
import { requestState } from './request'

/** Members that Stage0's clients send and that mean nothing here. */
export const IGNORED_MEMBERS = ['pro', 'policy_pack_version', 'debug_store_input'] as const

/** The body of Stage0's `/check`: a contract, and switches of Stage0's own that are read over. */
export const checkBody = contractBody.extend({
  pro: anyJson.optional(),
  policy_pack_version: anyJson.optional(),
  debug_store_input: anyJson.optional(),
})

/** Stage0's answer, with where the request stands. `ALLOW` is not among the verdicts: a check runs nothing. */
export const checkAnswer = z.object({
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
  /** 0 to 100, by the class of risk of the contract's tools as they are registered here. */
  risk_score: z.int().min(0).max(100),
  state: requestState,
  ticket_url: z.string().nullable(),
})
export type CheckAnswer = z.infer<typeof checkAnswer>
