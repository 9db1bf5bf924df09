import { ok, type Result, refuse } from '#lib/core/result'
import type { WebhookEventType } from '#lib/core/webhook/events'
import { webhookSecret } from '#lib/core/webhook/signature'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import { type AddressFault, type Allowed, addressFault } from '#lib/notify/webhook/address-guard'
import type { Runtime } from '#lib/runtime'
import { SECRET_PURPOSE } from './deliver-webhook'
import { endpointEvent, mayManageCaller } from './may-manage'

export interface EndpointInput {
  url: string
  description: string
  eventTypes: WebhookEventType[]
}

export const MOST_ENDPOINTS = 10
const SECRET_BYTES = 32

const WORDS: Record<AddressFault, string> = {
  not_a_url: 'This is not an address. It looks like https://hooks.example.com/countersign.',
  not_https: 'The address must begin with https://.',
  has_credentials: 'The address must not hold a user or password.',
  port_not_allowed: 'Only the ports 443 and 8443 are used.',
  private_address:
    'This is a private address. Whoever runs Countersign can allow it with WEBHOOK_ALLOWED.',
}

/**
 * Registers an endpoint for a caller's events, from now on. The secret is returned here, once: it rests sealed, since it signs.
 * @returns refusals `not_found`, `invalid_body`
 */
export function createEndpoint(
  runtime: Pick<Runtime, 'db' | 'newId' | 'now' | 'randomBytes' | 'sealer' | 'config'>,
  input: EndpointInput & { callerId: string; personId: string },
): Promise<Result<{ endpointId: string; secret: string }>> {
  const endpointId = runtime.newId('whe')
  const secret = webhookSecret(runtime.randomBytes(SECRET_BYTES))
  const { callerId, personId, url, description, eventTypes } = input
  return inTransaction(runtime.db, async (tx) => {
    const may = await mayManageCaller(tx, { callerId, personId })
    if (!may.ok) return may
    const checked = checkAddress(url, runtime.config.webhookAllowed)
    if (!checked.ok) return checked
    // Two that are added at once wait for each other here, so that neither passes the limit.
    await tx.$queryRaw`SELECT 1 AS locked FROM callers WHERE id = ${callerId} FOR NO KEY UPDATE`
    const count = await tx.webhookEndpoint.count({ where: { callerId, state: { not: 'removed' } } })
    if (count >= MOST_ENDPOINTS) {
      return refuse('invalid_body', {
        detail: `A caller has at most ${MOST_ENDPOINTS} endpoints. Remove one first.`,
      })
    }
    const now = runtime.now()
    await tx.webhookEndpoint.create({
      data: {
        id: endpointId,
        callerId,
        url,
        description,
        eventTypes,
        sealedSecret: sealed(runtime, endpointId, secret),
        stateAt: new Date(now),
        createdAt: new Date(now),
        createdBy: personId,
      },
    })
    const event = endpointEvent({ id: endpointId, callerId, url }, 'webhook.created', personId, {
      events: eventTypes,
    })
    await appendEvents(tx, [event], now)
    return ok({ endpointId, secret })
  })
}

/** Before anything is resolved; each attempt checks again, with the addresses that the name then has. */
export function checkAddress(url: string, allowed: Allowed): Result<undefined> {
  const fault = addressFault(url, allowed)
  if (fault === null) return ok()
  const message = WORDS[fault]
  return refuse('invalid_body', {
    detail: message,
    fields: [{ path: '/url', message, code: fault }],
  })
}

export function sealed(
  { sealer }: Pick<Runtime, 'sealer'>,
  endpointId: string,
  secret: string,
): string {
  return sealer.seal(SECRET_PURPOSE, endpointId, new TextEncoder().encode(secret))
}
