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

/**
 * An endpoint's deliveries, newest first, with one more than a page has. The inner part walks an index of that endpoint to the page's end, so a page costs the
 * same however much was ever sent.
 * @param before id of the last delivery of the page before
 */
export function readDeliveries(
  { db }: Pick<Runtime, 'db'>,
  asked: { endpointId: string; filter: DeliveryFilter; before: string | null },
): Promise<DeliveryRecord[]> {
  const { endpointId, filter, before } = asked
  const values: unknown[] = []
  const value = (one: unknown) => `$${values.push(one)}`
  const where = [
    `endpoint_id = ${value(endpointId)}`,
    ...(filter === 'all' ? [] : [`state = '${STATE[filter]}'`]),
    ...(before === null ? [] : [`id < ${value(before)}::bigint`]),
  ].join(' AND ')
  return db.$queryRawUnsafe<DeliveryRecord[]>(
    `SELECT d.id::text AS id, d.type, d.state, d.attempts, d.attempts_ever AS "attemptsEver", d.at, d.due_at AS "dueAt",
       d.ended_at AS "endedAt", d.request_id AS "requestId", (SELECT goal FROM requests r WHERE r.id = d.request_id) AS goal,
       a.status, a.error
     FROM (SELECT * FROM webhook_deliveries WHERE ${where} ORDER BY id DESC LIMIT ${PAGE_ROWS + 1}) d
     LEFT JOIN LATERAL (
       SELECT status, error FROM webhook_attempts WHERE delivery_id = d.id AND ordinal = d.attempts_ever LIMIT 1) a ON true
     ORDER BY d.id DESC`,
    ...values,
  )
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
