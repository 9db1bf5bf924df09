import { deliverWebhook } from '#lib/commands/webhook/deliver-webhook'
import type { Pump } from '#lib/queue/create-pump'
import type { JobHandler } from '#lib/queue/types'
import type { Runtime } from '#lib/runtime'

/** Sends one delivery; where another of its endpoint waited for the place, it is had at once. */
export function webhookHandler(runtime: Runtime, pump: Pick<Pump, 'kick'>): JobHandler<'webhook'> {
  return async ({ data }) => {
    const sent = await deliverWebhook(runtime, data.deliveryId)
    if (sent?.mayTakeMore) pump.kick()
  }
}
