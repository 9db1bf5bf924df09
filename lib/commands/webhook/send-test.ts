import { ok, type Result, refuse } from '#lib/core/result'
import { TEST_EVENT_TYPE } from '#lib/core/webhook/events'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { type DeliverRuntime, deliverWebhook } from './deliver-webhook'
import { endpointEvent, managedEndpoint } from './may-manage'

/**
 * Sends a test event now and waits for the answer, which the log then has. It is tried once.
 * @returns refusals `not_found`, `invalid_body`
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
