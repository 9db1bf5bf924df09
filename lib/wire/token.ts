import { z } from 'zod'
import { anyJson } from './json'
import { instant } from './request'

export const tokenAnswer = z.object({
  request_id: z.string(),
  /** JWS compact, typ allow+jwt. Bearer of one execution: keep it in memory. */
  token: z.string(),
  jti: z.string(),
  expires_at: instant,
  obligations: z.array(
    z.object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) }),
  ),
})
export type TokenAnswer = z.infer<typeof tokenAnswer>

/** What the runtime is about to do. Every member is compared; `arguments` left out matches only a contract without any. */
export const redeemBody = z.strictObject({
  token: z.string().min(1).max(524_288),
  arguments: z.record(z.string(), anyJson).optional(),
  observed: z.record(z.string(), anyJson).default({}),
  acknowledged_obligations: z
    .array(
      z.strictObject({
        name: z.string().max(200),
        value: z.union([z.string().max(1_000), z.number(), z.boolean()]),
      }),
    )
    .max(100)
    .default([]),
  /** At least 16 characters of randomness, kept in memory: repeats this ok for 60 s. */
  nonce: z.string().min(16).max(200),
  environment: z.string().max(200).nullable(),
})
export type RedeemBody = z.infer<typeof redeemBody>

export const redeemAnswer = z.object({
  ok: z.literal(true),
  request_id: z.string(),
  redeemed_at: instant,
  replay: z.boolean(),
})
export type RedeemAnswer = z.infer<typeof redeemAnswer>

export const outcomeAnswer = z.object({ request_id: z.string(), outcome: z.string() })
