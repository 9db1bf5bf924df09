import { deliverWebhook } from '#lib/commands/webhook/deliver-webhook'
import type { Pump } from '#lib/queue/create-pump'
import type { JobHandler } from '#lib/queue/types'
import type { Runtime } from '#lib/runtime'

/** Sends one delivery; then the next of its endpoint has a place. */
export function webhookHandler(runtime: Runtime, pump: Pick<Pump, 'kick'>): JobHandler<'webhook'> {
  return async ({ data }) => {
    if (await deliverWebhook(runtime, data.deliveryId)) pump.kick()
  }
}
