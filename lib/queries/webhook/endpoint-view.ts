import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import type { EndpointView } from '#lib/wire/views/webhooks'
import type { EndpointQuery } from '#lib/wire/webhooks'
import { deliveryRow, PAGE_ROWS, readDeliveries } from './delivery-rows'
import { endpointState, hostOfEndpoint } from './endpoint-state'
import { managedBy } from './managed'
import { countDeliveries } from './webhooks-view'

const COUNTS = `SELECT ${countDeliveries('$1', 'due')} AS waiting, ${countDeliveries('$1', 'dead')} AS dead`

/** One endpoint with its deliveries; null where there is none that the viewer may know of. */
export async function endpointView(
  runtime: Pick<Runtime, 'db' | 'now'>,
  viewer: Pick<SignedIn, 'personId' | 'roles'>,
  { endpointId, query }: { endpointId: string; query: EndpointQuery },
): Promise<EndpointView | null> {
  const { db } = runtime
  const endpoint = await db.webhookEndpoint.findFirst({
    where: { id: endpointId, ...managedBy(viewer) },
    // No secret is ever read to be shown.
    omit: { sealedSecret: true, sealedOldSecret: true },
    include: { caller: { select: { name: true } } },
  })
  if (!endpoint) return null
  const { createdBy, oldSecretEndsAt } = endpoint
  const [rows, counts, creator] = await Promise.all([
    readDeliveries(runtime, {
      endpointId,
      filter: query.view,
      before: query.before,
    }),
    db.$queryRawUnsafe<EndpointView['counts'][]>(COUNTS, endpointId),
    createdBy === null
      ? null
      : db.person.findUnique({ where: { id: createdBy }, select: { name: true } }),
  ])
  const shown = rows.slice(0, PAGE_ROWS)
  const isOverlapping = oldSecretEndsAt !== null && oldSecretEndsAt.getTime() > runtime.now()
  return {
    id: endpoint.id,
    host: hostOfEndpoint(endpoint.url),
    url: endpoint.url,
    description: endpoint.description,
    callerName: endpoint.caller.name,
    eventTypes: endpoint.eventTypes,
    ...endpointState(endpoint),
    lastSuccessAt: endpoint.lastSuccessAt?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    createdByName: creator?.name ?? null,
    oldSecretEndsAt: isOverlapping ? oldSecretEndsAt.toISOString() : null,
    filter: query.view,
    counts: counts[0] ?? { waiting: 0, dead: 0 },
    deliveries: shown.map(deliveryRow),
    nextBefore: rows.length > PAGE_ROWS ? (shown.at(-1)?.id ?? null) : null,
  }
}
