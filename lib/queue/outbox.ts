import type { Sql } from '#lib/db/client'
import { giveBackOutbox, takeOutbox, type WaitingRow } from '#lib/db/outbox-rows'
import type { Queues } from './create-queues'

/** A row handed over this long ago whose work is not committed is handed over again: its job may have been lost with its server. */
export const OFFER_AGAIN_MS = 15_000
export const OUTBOX_BATCH = 200

/** Outbox topics; each goes to the queue of its name. */
const TOPICS = ['evaluate', 'notify'] as const

export interface Pumped {
  /** Rows handed to a queue. */
  enqueued: number
  /** Rows that no queue took; they are free for the next pump at once. */
  refused: number
}

/**
 * Hands waiting outbox rows to their queues. Any number of processes may pump at once (FOR UPDATE SKIP LOCKED). A row is done
 * only by its consumer's commit, so whatever happens to a job, its row is offered again; a job still there drops the offer.
 * @param now epoch ms
 */
export async function pumpOutbox(
  db: Sql,
  queues: Pick<Queues, 'enqueue' | 'isReady'>,
  now: number,
): Promise<Pumped> {
  if (!(await queues.isReady())) return { enqueued: 0, refused: 0 }
  const rows = await takeOutbox(db, {
    topics: [...TOPICS],
    now,
    queuedBefore: now - OFFER_AGAIN_MS,
    limit: OUTBOX_BATCH,
  })
  const offers = await Promise.allSettled(
    rows.map((row) =>
      queues.enqueue(topicOf(row), {
        id: `outbox-${row.id}`,
        data: { requestId: row.requestId, outboxId: row.id },
      }),
    ),
  )
  const refused = rows.filter((_, index) => offers[index]?.status === 'rejected')
  if (refused.length > 0) await giveBackOutbox(db, refused, now)
  return { enqueued: rows.length - refused.length, refused: refused.length }
}

function topicOf({ topic }: WaitingRow): (typeof TOPICS)[number] {
  return topic === 'notify' ? 'notify' : 'evaluate'
}
