import { z } from 'zod'

/** A dead letter, as the page of queues names it; `all`: every one there is. */
export const retryForm = z.discriminatedUnion('which', [
  z.object({ which: z.literal('all') }),
  z.object({
    which: z.literal('one'),
    queue: z.enum(['evaluate', 'notify', 'webhook', 'clock']),
    id: z.string().regex(/^[A-Za-z0-9-]{1,80}$/),
  }),
])
export type RetryForm = z.output<typeof retryForm>
