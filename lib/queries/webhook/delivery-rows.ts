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

/**
 * An endpoint's deliveries, newest first. The inner part walks an index of that endpoint to the page's end, so a page costs the
 * same however much was ever sent.
 * @param before id of the last delivery of the page before
 */
export function readDeliveries(
  { db }: Pick<Runtime, 'db'>,
  asked: { endpointId: string; filter: DeliveryFilter; before: string | null; limit: number },
): Promise<DeliveryRecord[]> {
  const { endpointId, filter, before, limit } = asked
  const values: unknown[] = []
  const value = (one: unknown) => `$${values.push(one)}`
  const where = [
    `endpoint_id = ${value(endpointId)}`,
    ...(filter === 'all' ? [] : [`state = '${STATE[filter]}'`]),
    ...(before === null ? [] : [`id < ${value(before)}::bigint`]),
  ].join(' AND ')
  return db.$queryRawUnsafe<DeliveryRecord[]>(
    `SELECT d.id::text AS id, d.type, d.state, d.attempts, d.attempts_ever AS "attemptsEver", d.at, d.due_at AS "dueAt",
       d.ended_at AS "endedAt", d.request_id AS "requestId", r.goal, a.status, a.error
     FROM (SELECT * FROM webhook_deliveries WHERE ${where} ORDER BY endpoint_id, id DESC LIMIT ${value(limit)}::int) d
     LEFT JOIN requests r ON r.id = d.request_id
     LEFT JOIN webhook_attempts a ON a.delivery_id = d.id AND a.ordinal = d.attempts_ever
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
