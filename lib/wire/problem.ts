import { z } from 'zod'
import { anyJson } from './json'

export const problem = z
  .object({
    type: z.string().describe('urn:countersign:problem: and the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened here and what to do next, for people.'),
    code: z.string().describe('Stable. Read this one.'),
    instance: z
      .string()
      .describe('Names this one answer. The log has it where the fault is on our side.')
      .optional(),
    request_id: z.string().describe('The request that it is about.').optional(),
    disposition: z
      .enum(['retry', 'burn', 'leave'])
      .describe(
        'Of a refused redemption: the grant stays and the same token may be sent again; it is gone; nothing happened to it.',
      )
      .optional(),
    errors: z
      .array(
        z.object({
          path: z.string().describe('JSON Pointer, or `?name` of a query parameter.'),
          message: z.string(),
          code: z.string(),
        }),
      )
      .describe('Each place that is wrong.')
      .optional(),
    retry_after_seconds: z
      .number()
      .describe('As `Retry-After` says, where trying again later makes sense.')
      .optional(),
    meta: z
      .record(z.string(), anyJson)
      .describe('Facts about this occurrence, such as the request that a run belongs to.')
      .optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457) of a refusal.' })
export type Problem = z.infer<typeof problem>
