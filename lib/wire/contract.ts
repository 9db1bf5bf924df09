import { z } from 'zod'
import { anyJson } from './json'

const text = z.string()

/**
 * The shape of a contract for the OpenAPI document. The parser of record is lib/core/contract, which also bounds, refuses
 * duplicate keys and numbers that do not survive, and reports every problem by its place.
 */
export const contractBody = z.strictObject({
  goal: text.min(1).max(8_000),
  tools: z.array(text).min(1).max(200),
  arguments: z.record(text, anyJson).optional(),
  constraints: z.array(text).optional(),
  side_effects: z.array(text.max(200)).optional(),
  context: z.record(text, anyJson).optional(),
  success_criteria: z.array(text).optional(),
  preconditions: z.array(z.strictObject({ name: text, equals: anyJson })).optional(),
  on_behalf_of: text.optional(),
  run_id: text.optional(),
})

export const evidenceAnswer = z.object({ evidence_id: z.string(), sha256: z.string() })
