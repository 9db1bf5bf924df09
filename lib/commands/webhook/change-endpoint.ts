import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { checkAddress, type EndpointInput } from './create-endpoint'
import { endpointEvent, managedEndpoint } from './may-manage'

/**
 * Changes where an endpoint is and what it is told. What waits for it goes to the new address.
 * @returns refusals `not_found`, `invalid_body`
 */
export function changeEndpoint(
  runtime: Pick<Runtime, 'db' | 'now' | 'config'>,
  input: EndpointInput & { endpointId: string; personId: string },
): Promise<Result<undefined>> {
  const { endpointId, personId, url, description, eventTypes } = input
  return inTransaction(runtime.db, async (tx) => {
    const endpoint = await managedEndpoint(tx, { endpointId, personId })
    if (!endpoint.ok) return endpoint
    const checked = checkAddress(url, runtime.config.webhookAllowed)
    if (!checked.ok) return checked
    const isMoved = url !== endpoint.value.url
    await tx.webhookEndpoint.update({
      where: { id: endpointId },
      // Another address has not failed yet.
      data: { url, description, eventTypes, ...(isMoved && { failingSince: null, toldAt: null }) },
    })
    const event = endpointEvent({ ...endpoint.value, url }, 'webhook.changed', personId, {
      events: eventTypes,
      from_host: new URL(endpoint.value.url).host,
    })
    await appendEvents(tx, [event], runtime.now())
    return ok()
  })
}
