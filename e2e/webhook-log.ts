import { createEndpoint } from '../lib/commands/webhook/create-endpoint'
import { setEndpointState } from '../lib/commands/webhook/set-endpoint-state'
import { WEBHOOK_EVENT_TYPES } from '../lib/core/webhook/events'
import { must } from '../scripts/lib/demo-people'
import type { TestCaller } from './callers'
import type { Product } from './fixtures'

/** A disabled endpoint with a dead letter about a request, for pages that are only read: nothing is sent from it. */
export async function loggedDelivery(
  { runtime }: Product,
  { id: callerId, ownerId: personId }: TestCaller,
  requestId: string,
): Promise<{ endpointId: string; deliveryId: string; callerId: string }> {
  const url = 'https://hooks.example.com/in'
  const settings = { url, description: 'Release chat', eventTypes: [...WEBHOOK_EVENT_TYPES] }
  const { endpointId } = must(await createEndpoint(runtime, { callerId, personId, ...settings }))
  must(await setEndpointState(runtime, { endpointId, personId, state: 'disabled' }))
  const at = new Date()
  const { id } = await runtime.db.webhookDelivery.create({
    data: {
      endpointId,
      eventId: runtime.newId('evt'),
      type: 'request.deferred',
      requestId,
      ordinal: 1,
      at,
      dueAt: at,
      endedAt: at,
      state: 'dead',
      attempts: 1,
      attemptsEver: 1,
      log: {
        create: {
          ordinal: 1,
          at,
          cause: 'schedule',
          url,
          requestHeaders: { 'content-type': 'application/json' },
          requestBody: '{"type":"request.deferred"}',
          status: 500,
          responseHeaders: { 'content-type': 'text/html' },
          responseBody: '<h1>no\u202etea</h1>',
          latencyMs: 12,
        },
      },
    },
    select: { id: true },
  })
  return { endpointId, deliveryId: String(id), callerId }
}
