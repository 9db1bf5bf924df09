import type { Runtime } from '#lib/runtime'
import type {
  DeliveryFilter,
  WebhookDeliveryRowView,
  WebhookDeliveryStateView,
} from '#lib/wire/views/webhooks'

export interface DeliveryRecord {
  id: string
  type: string
  state: string
  attempts: number
  attemptsEver: number
  at: Date
  dueAt: Date
  endedAt: Date | null
  requestId: string | null
  goal: string | null
  status: number | null
  error: string | null
}

const STATE: Record<Exclude<DeliveryFilter, 'all'>, string> = {
  waiting: 'due',
  delivered: 'delivered',
  dead: 'dead',
}

export const PAGE_ROWS = 50

/** PostgreSQL's bigint. */
const LAST_ROW = '9223372036854775807'

/**
 * An endpoint's deliveries, newest first, with one more than a page has. Endpoint and state are ranges of one and part of the
 * order, so that only the index of that endpoint gives it: a page costs the same however much was ever sent, to it or to
 * others, and no plan walks past deliveries of busier endpoints.
 * @param before id of the last delivery of the page before
 */
export function readDeliveries(
  { db }: Pick<Runtime, 'db'>,
  asked: { endpointId: string; filter: DeliveryFilter; before: string | null },
): Promise<DeliveryRecord[]> {
  const { endpointId, filter, before } = asked
  return db.$queryRawUnsafe<DeliveryRecord[]>(PAGE[filter], endpointId, before ?? LAST_ROW)
}

function page(filter: DeliveryFilter): string {
  const [where, order] =
    filter === 'all'
      ? ['endpoint_id >= $1 AND (endpoint_id, id) < ($1, $2::bigint)', 'endpoint_id DESC, id DESC']
      : [
          `endpoint_id >= $1 AND (endpoint_id, state) >= ($1, '${STATE[filter]}')
            AND (endpoint_id, state, id) < ($1, '${STATE[filter]}', $2::bigint)`,
          'endpoint_id DESC, state DESC, id DESC',
        ]
  return `
SELECT d.id::text AS id, d.type, d.state, d.attempts, d.attempts_ever AS "attemptsEver", d.at, d.due_at AS "dueAt",
  d.ended_at AS "endedAt", d.request_id AS "requestId", (SELECT goal FROM requests r WHERE r.id = d.request_id) AS goal,
  a.status, a.error
FROM (SELECT * FROM webhook_deliveries WHERE ${where} ORDER BY ${order} LIMIT ${PAGE_ROWS + 1}) d
LEFT JOIN LATERAL (
  SELECT status, error FROM webhook_attempts WHERE delivery_id = d.id AND ordinal = d.attempts_ever LIMIT 1) a ON true
ORDER BY d.id DESC`
}

const PAGE: Record<DeliveryFilter, string> = {
  all: page('all'),
  waiting: page('waiting'),
  delivered: page('delivered'),
  dead: page('dead'),
}

export function deliveryRow(row: DeliveryRecord): WebhookDeliveryRowView {
  const { id, type, attempts, attemptsEver, at, dueAt, endedAt, requestId, goal } = row
  const state = stateOf(row)
  return {
    id,
    type,
    state,
    at: at.toISOString(),
    attempts,
    dueAt: row.state === 'due' ? dueAt.toISOString() : null,
    endedAt: endedAt?.toISOString() ?? null,
    request: requestId === null || goal === null ? null : { id: requestId, goal },
    last: attemptsEver === 0 ? null : { status: row.status, fault: row.error },
  }
}

function stateOf({ state, attempts }: DeliveryRecord): WebhookDeliveryStateView {
  if (state === 'delivered' || state === 'dead') return state
  return attempts > 0 ? 'retried' : 'waiting'
}
