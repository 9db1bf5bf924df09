import { z } from 'zod'
import { grantState, requestState, verdict } from './request'

export const requestChange = z
  .object({
    request_id: z.string(),
    state: requestState,
    verdict: verdict.describe('Of the latest decision.'),
    grant_state: grantState.nullable().describe('null: there is no grant.'),
  })
  .meta({
    id: 'RequestChange',
    description: 'How a request that changed stands now. Read it for more.',
  })
export type RequestChange = z.infer<typeof requestChange>
