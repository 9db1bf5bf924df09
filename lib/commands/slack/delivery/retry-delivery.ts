import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'

/**
 * Has a message that failed or was given up tried again now, as if for the first time. Whoever sends it looks at the request
 * as it is by then, so nothing old is told.
 * @returns refusal `not_found` for a message that is not there or needs no other try
 */
export function retryDelivery(
  { db }: Pick<Runtime, 'db'>,
  { messageId }: { messageId: string },
): Promise<Result<undefined>> {
  return inTransaction(db, async (tx) => {
    const { count } = await tx.slackMessage.updateMany({
      where: { id: messageId, state: { in: ['failed', 'given_up'] }, closedAt: null },
      data: { state: 'failed', attempts: 0, dueAt: new Date(), version: { increment: 1 } },
    })
    if (count === 0) return refuse('not_found', { detail: 'It was sent meanwhile, or has ended.' })
    await wake(tx, messageId)
    return ok()
  })
}

/** Any request that the message tells of brings it along. */
async function wake(tx: Tx, messageId: string): Promise<void> {
  await tx.$executeRawUnsafe(
    `INSERT INTO outbox (topic, request_id, cause)
     SELECT 'notify', request_id, 'retry' FROM (
       SELECT request_id FROM slack_messages WHERE id = $1 AND request_id IS NOT NULL
       UNION ALL SELECT request_id FROM slack_deliveries WHERE message_id = $1
     ) told LIMIT 1`,
    messageId,
  )
}
