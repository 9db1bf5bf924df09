import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import type { WebhookAttemptView, WebhookDeliveryView } from '#lib/wire/views/webhooks'
import { deliveryRow } from './delivery-rows'
import { endpointState, hostOfEndpoint } from './endpoint-state'
import { managedBy } from './managed'

/** A delivery has ten tries a round, and as many rounds as it is replayed. */
const MOST_ATTEMPTS_SHOWN = 30

/** One delivery with what was sent and what came back; null where there is none that the viewer may know of. */
export async function deliveryView(
  { db }: Pick<Runtime, 'db'>,
  viewer: Pick<SignedIn, 'personId' | 'roles'>,
  { endpointId, deliveryId }: { endpointId: string; deliveryId: string },
): Promise<WebhookDeliveryView | null> {
  const delivery = await db.webhookDelivery.findFirst({
    where: { id: BigInt(deliveryId), endpointId, endpoint: managedBy(viewer) },
    include: {
      endpoint: {
        omit: { sealedSecret: true, sealedOldSecret: true },
        include: { caller: { select: { name: true } } },
      },
    },
  })
  if (!delivery) return null
  const { endpoint, requestId } = delivery
  const [attempts, request] = await Promise.all([
    db.webhookAttempt.findMany({
      where: { deliveryId: delivery.id },
      orderBy: { ordinal: 'desc' },
      take: MOST_ATTEMPTS_SHOWN,
    }),
    requestId === null
      ? null
      : db.request.findUnique({ where: { id: requestId }, select: { goal: true } }),
  ])
  const [last] = attempts
  return {
    ...deliveryRow({
      ...delivery,
      id: String(delivery.id),
      goal: request?.goal ?? null,
      status: last?.status ?? null,
      error: last?.error ?? null,
    }),
    eventId: delivery.eventId,
    ordinal: delivery.ordinal,
    endpoint: {
      id: endpoint.id,
      host: hostOfEndpoint(endpoint.url),
      callerName: endpoint.caller.name,
      state: endpointState(endpoint).state,
    },
    log: attempts.map(attemptOf),
    attemptsEver: delivery.attemptsEver,
  }
}

interface AttemptRecord {
  ordinal: number
  at: Date
  cause: string
  url: string
  requestHeaders: unknown
  requestBody: string
  status: number | null
  responseHeaders: unknown
  responseBody: string | null
  error: string | null
  latencyMs: number
}

function attemptOf(row: AttemptRecord): WebhookAttemptView {
  const { ordinal, at, cause, url, requestBody, status, error, latencyMs } = row
  return {
    ordinal,
    at: at.toISOString(),
    cause: cause === 'replay' || cause === 'test' ? cause : 'schedule',
    url,
    requestHeaders: headersOf(row.requestHeaders),
    requestBody,
    status,
    fault: error,
    latencyMs,
    response:
      status === null
        ? null
        : { headers: headersOf(row.responseHeaders), body: row.responseBody ?? '' },
  }
}

function headersOf(kept: unknown): [string, string][] {
  if (typeof kept !== 'object' || kept === null) return []
  return Object.entries(kept).map(([name, value]) => [name, String(value)])
}
