import { z } from 'zod'
import { anyJson } from './json'

/** RFC 9457 problem details. `code` is stable; `disposition` says what a refused redemption means for the grant. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  instance: z.string().optional(),
  request_id: z.string().optional(),
  disposition: z.enum(['retry', 'burn', 'leave']).optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string(), code: z.string() })).optional(),
  /** As `Retry-After` says, where trying again later makes sense. */
  retry_after_seconds: z.number().optional(),
  /** Facts about this occurrence, such as the request that a run belongs to. */
  meta: z.record(z.string(), anyJson).optional(),
})
export type Problem = z.infer<typeof problem>
