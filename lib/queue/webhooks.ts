import type { Sql } from '#lib/db/client'
import { giveBackDeliveries, takeDeliveries } from '#lib/db/webhook-rows'
import type { Queues } from './create-queues'

export const WEBHOOK_BATCH = 200

/** A delivery handed over this long ago that nobody has sent is handed over again: longer than an attempt and its wait in line. */
const OFFER_AGAIN_MS = 60_000

/**
 * Hands webhook deliveries that are due to their queue, a few of each endpoint at a time. Like the outbox: a job is a wake-up,
 * and the row says whether there is something to do.
 * @param now epoch ms
 * @returns how many a queue took
 */
export async function pumpWebhooks(
  db: Sql,
  queues: Pick<Queues, 'enqueue' | 'isReady'>,
  now: number,
): Promise<number> {
  if (!(await queues.isReady())) return 0
  const ids = await takeDeliveries(db, {
    now,
    queuedBefore: now - OFFER_AGAIN_MS,
    limit: WEBHOOK_BATCH,
  })
  const offers = await Promise.allSettled(
    ids.map((deliveryId) =>
      queues.enqueue('webhook', { id: `webhook-${deliveryId}`, data: { deliveryId } }),
    ),
  )
  const refused = ids.filter((_, index) => offers[index]?.status === 'rejected')
  if (refused.length > 0) await giveBackDeliveries(db, refused, now)
  return ids.length - refused.length
}
