import { z } from 'zod'
import { anyJson } from './json'
import { instant } from './request'

const obligation = z
  .object({ name: z.string(), value: z.union([z.string(), z.number(), z.boolean()]) })
  .meta({
    id: 'Obligation',
    description: 'What the runtime keeps while the action runs, such as `max_cost_usd`.',
  })

export const tokenAnswer = z
  .object({
    request_id: z.string(),
    token: z
      .string()
      .describe('JWS compact, typ allow+jwt. Bearer of one execution: keep it in memory.'),
    jti: z.string(),
    expires_at: instant,
    obligations: z.array(obligation),
  })
  .meta({
    id: 'TokenAnswer',
    description: 'The allow token. It runs nothing before it is redeemed.',
  })
export type TokenAnswer = z.infer<typeof tokenAnswer>

const acknowledgement = z.strictObject({
  name: z.string().max(200),
  value: z.union([z.string().max(1_000), z.number(), z.boolean()]),
})

export const redeemBody = z
  .strictObject({
    token: z.string().min(1).max(524_288),
    arguments: z
      .record(z.string(), anyJson)
      .describe('Exactly as in the contract; left out only where the contract has none.')
      .optional(),
    observed: z
      .record(z.string(), anyJson)
      .describe('The world as seen now: a value for each precondition, by name.')
      .default({}),
    acknowledged_obligations: z
      .array(acknowledgement)
      .max(100)
      .describe('Every obligation of the token, as it is there.')
      .default([]),
    nonce: z
      .string()
      .min(16)
      .max(200)
      .describe(
        'Random, and kept in memory only. With the same one the same ok comes again for 60 s.',
      ),
    environment: z.string().max(200).nullable().describe('Where it is about to run.'),
  })
  .meta({
    id: 'Redemption',
    description: 'What the runtime is about to do. Every member is compared with what was signed.',
  })
export type RedeemBody = z.infer<typeof redeemBody>

export const redeemAnswer = z
  .object({
    ok: z.literal(true),
    request_id: z.string(),
    redeemed_at: instant,
    replay: z
      .boolean()
      .describe('This runtime had its ok before, and asked again with the same nonce.'),
  })
  .meta({ id: 'RedeemAnswer', description: 'The only answer that authorises execution.' })
export type RedeemAnswer = z.infer<typeof redeemAnswer>

export const outcomeAnswer = z
  .object({ request_id: z.string(), outcome: z.string() })
  .meta({ id: 'OutcomeAnswer', description: 'The outcome is on record.' })
