import { MINUTE_MS, SECOND_MS } from '#lib/core/durations'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import { TEST_EVENT_TYPE } from '#lib/core/webhook/events'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { type DeliverRuntime, deliverWebhook } from './deliver-webhook'
import { endpointEvent, managedEndpoint } from './may-manage'

/** Each is a request to somebody's server, a place in this process and an audit entry. */
const MOST_TESTS_PER_MINUTE = 10

/**
 * Sends a test event now and waits for the answer, which the log then has. It is tried once.
 * @returns refusals `not_found`, `invalid_body`, `too_many_requests`
 */
export async function sendTest(
  runtime: DeliverRuntime & Pick<Runtime, 'newId'>,
  { endpointId, personId }: { endpointId: string; personId: string },
): Promise<Result<{ deliveryId: string }>> {
  const made = await inTransaction(
    runtime.db,
    async (tx): Promise<Result<{ deliveryId: string }>> => {
      const endpoint = await managedEndpoint(tx, { endpointId, personId })
      if (!endpoint.ok) return endpoint
      if (endpoint.value.state !== 'enabled') {
        return refuse('invalid_body', { detail: 'The endpoint is disabled. Enable it first.' })
      }
      const now = new Date(runtime.now())
      const often = await tooOften(tx, endpointId, now)
      if (often) return often
      const { id } = await tx.webhookDelivery.create({
        // Handed over already, so that no pump takes it from here.
        data: {
          endpointId,
          eventId: runtime.newId('evt'),
          type: TEST_EVENT_TYPE,
          at: now,
          dueAt: now,
          queuedAt: now,
        },
        select: { id: true },
      })
      await appendEvents(
        tx,
        [endpointEvent(endpoint.value, 'webhook.tested', personId)],
        now.getTime(),
      )
      return ok({ deliveryId: String(id) })
    },
  )
  if (made.ok) await deliverWebhook(runtime, made.value.deliveryId)
  return made
}

/** Looks at the newest deliveries alone, however much was ever sent. */
const TESTS = `
SELECT count(*)::int AS tests FROM (
  SELECT n.type, n.at FROM webhook_deliveries n WHERE n.endpoint_id >= $1 AND n.endpoint_id <= $1
  ORDER BY n.endpoint_id DESC, n.id DESC LIMIT 100) newest
WHERE newest.type = '${TEST_EVENT_TYPE}' AND newest.at > $2`

/** The endpoint is locked: those that are sent at once are counted one by one. */
async function tooOften(tx: Tx, endpointId: string, now: Date): Promise<Refused | null> {
  const since = new Date(now.getTime() - MINUTE_MS)
  const [row] = await tx.$queryRawUnsafe<{ tests: number }[]>(TESTS, endpointId, since)
  if ((row?.tests ?? 0) < MOST_TESTS_PER_MINUTE) return null
  return refuse('too_many_requests', {
    detail: `An endpoint is tried ${MOST_TESTS_PER_MINUTE} times a minute at most. Try again in a minute.`,
    meta: { retry_after_seconds: MINUTE_MS / SECOND_MS },
  })
}
