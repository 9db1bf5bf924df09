import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { QueueDesk } from '#lib/queue/queue-desk'
import type { Runtime } from '#lib/runtime'
import type { RetryForm } from '#lib/wire/queues'

/**
 * Gives dead letters all their attempts back, one or all. It stands in the trail before it is done: what runs again then, runs
 * because of somebody.
 * @returns refusals `forbidden` for whoever is no admin, `not_found` where the job is no dead letter any more
 */
export async function retryDeadLetters(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  desk: Pick<QueueDesk, 'retryOne' | 'retryAll'>,
  { personId, retry }: { personId: string; retry: RetryForm },
): Promise<Result<undefined>> {
  const recorded = await inTransaction(db, async (tx): Promise<Result<undefined>> => {
    const admin = await tx.person.findFirst({
      where: { id: personId, active: true, roles: { has: 'admin' } },
      select: { id: true },
    })
    if (!admin) return refuse('forbidden', { detail: 'Only an admin may do this.' })
    const actor = { kind: 'person', id: personId } as const
    const body =
      retry.which === 'all' ? { queue: 'all', job: 'all' } : { queue: retry.queue, job: retry.id }
    await appendEvents(tx, [{ stream: 'installation', type: 'queue.retried', actor, body }], now())
    return ok()
  })
  if (!recorded.ok) return recorded
  if (retry.which === 'all') {
    await desk.retryAll()
    return ok()
  }
  const isRetried = await desk.retryOne(retry.queue, retry.id)
  return isRetried ? ok() : refuse('not_found', { detail: GONE })
}

const GONE = 'It is no dead letter any more: it was tried again meanwhile, or is gone.'
