import { z } from 'zod'
import { grantState, requestState, verdict } from './request'

/** What `GET /v1/events` tells of a request that changed: how it stands now. Read it for more. */
export const requestChange = z.object({
  request_id: z.string(),
  state: requestState,
  /** Of the latest decision. */
  verdict,
  /** null: there is no grant. */
  grant_state: grantState.nullable(),
})
export type RequestChange = z.infer<typeof requestChange>
