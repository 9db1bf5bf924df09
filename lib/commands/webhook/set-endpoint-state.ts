import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { endpointEvent, managedEndpoint } from './may-manage'

const EVENT = {
  enabled: 'webhook.enabled',
  disabled: 'webhook.disabled',
  removed: 'webhook.removed',
} as const

/**
 * Enables, disables or removes an endpoint. While it is not enabled nothing is queued for it, and what waits stays; once it is
 * enabled again that is sent, and what happened meanwhile can be replayed. One that is removed keeps its log and gets nothing.
 * @returns refusal `not_found`
 */
export function setEndpointState(
  runtime: Pick<Runtime, 'db' | 'now'>,
  input: { endpointId: string; personId: string; state: keyof typeof EVENT },
): Promise<Result<undefined>> {
  const { endpointId, personId, state } = input
  return inTransaction(runtime.db, async (tx) => {
    const endpoint = await managedEndpoint(tx, { endpointId, personId })
    if (!endpoint.ok) return endpoint
    if (endpoint.value.state === state) return ok()
    const now = runtime.now()
    await tx.webhookEndpoint.update({
      where: { id: endpointId },
      data: {
        state,
        stateReason: state === 'enabled' ? null : 'owner',
        stateAt: new Date(now),
        ...(state === 'enabled' && { failingSince: null, toldAt: null }),
      },
    })
    const event = endpointEvent(endpoint.value, EVENT[state], personId, { reason: null })
    await appendEvents(tx, [event], now)
    return ok()
  })
}
