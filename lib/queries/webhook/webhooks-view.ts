import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import { MOST_COUNTED } from '#lib/wire/views/inbox'
import type { EndpointRowView, WebhooksView } from '#lib/wire/views/webhooks'
import type { WebhooksQuery } from '#lib/wire/webhooks'
import { type EndpointStanding, endpointState, hostOfEndpoint } from './endpoint-state'

const PAGE_ROWS = 50
/** A list to choose one of; nobody reads a longer one. */
const MOST_CALLERS = 1_000

interface Row extends EndpointStanding {
  id: string
  url: string
  description: string
  callerName: string
  lastSuccessAt: Date | null
  waitingCount: number
  deadCount: number
}

/**
 * SQL that counts an endpoint's deliveries in a state, up to where counting ends. The state is a range of one, so that only
 * the index of endpoint and state gives the order, and no plan walks past deliveries of others.
 */
export function countDeliveries(endpointId: string, state: 'due' | 'dead'): string {
  return `(SELECT count(*)::int FROM (
    SELECT 1 FROM webhook_deliveries n
    WHERE n.endpoint_id = ${endpointId} AND n.state >= '${state}' AND n.state <= '${state}'
    ORDER BY n.state DESC, n.id DESC LIMIT ${MOST_COUNTED}) counted)`
}

const READ = `
SELECT w.id, w.url, w.description, w.state, w.state_reason AS "stateReason", w.state_at AS "stateAt", w.failing_since AS "failingSince",
  w.last_success_at AS "lastSuccessAt", c.name AS "callerName", ${countDeliveries('w.id', 'due')} AS "waitingCount",
  ${countDeliveries('w.id', 'dead')} AS "deadCount"
FROM (
  SELECT e.*, o.name FROM webhook_endpoints e JOIN callers o ON o.id = e.caller_id
  WHERE e.state <> 'removed' AND o.active AND ($1::boolean OR o.owner_id = $2)
    AND ($3::text IS NULL OR (o.name, e.id) > (
      SELECT l.name, $3 FROM webhook_endpoints a JOIN callers l ON l.id = a.caller_id WHERE a.id = $3))
  ORDER BY o.name, e.id LIMIT ${PAGE_ROWS + 1}
) w JOIN callers c ON c.id = w.caller_id
ORDER BY c.name, w.id`

/** Where the events of the viewer's callers go; an admin's view has all callers. */
export async function webhooksView(
  { db }: Pick<Runtime, 'db'>,
  { personId, roles }: Pick<SignedIn, 'personId' | 'roles'>,
  { after }: WebhooksQuery,
): Promise<WebhooksView> {
  const isAdmin = roles.includes('admin')
  const [rows, callers] = await Promise.all([
    db.$queryRawUnsafe<Row[]>(READ, isAdmin, personId, after),
    db.caller.findMany({
      where: {
        active: true,
        kind: { not: 'console' },
        ...(!isAdmin && { ownerId: personId }),
      },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: MOST_CALLERS,
    }),
  ])
  const shown = rows.slice(0, PAGE_ROWS)
  return {
    isAdmin,
    rows: shown.map(rowOf),
    nextAfter: rows.length > PAGE_ROWS ? (shown.at(-1)?.id ?? null) : null,
    callers,
  }
}

function rowOf(row: Row): EndpointRowView {
  const { id, url, description, callerName, lastSuccessAt, waitingCount, deadCount } = row
  return {
    id,
    host: hostOfEndpoint(url),
    description,
    callerName,
    ...endpointState(row),
    lastSuccessAt: lastSuccessAt?.toISOString() ?? null,
    waitingCount,
    deadCount,
  }
}
