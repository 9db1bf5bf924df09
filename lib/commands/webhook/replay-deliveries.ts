import { DAY_MS } from '#lib/core/durations'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import { eventsForEndpoints } from '#lib/db/webhook-fan-out'
import type { Runtime } from '#lib/runtime'
import { KEPT_MS } from './forget-deliveries'
import { endpointEvent, managedEndpoint } from './may-manage'

export type Replay =
  | { deliveryId: string }
  /** Epoch ms, by when it happened. `missed`: what never arrived, also what happened while the endpoint was disabled. */
  | { from: number; to: number; which: 'missed' | 'all' }

export const LONGEST_REPLAY_MS = 31 * DAY_MS
export const MOST_REPLAYED = 10_000
/** A request's events may come this long after it was submitted: its deadline, its grant and its outcome. */
const LONGEST_LIFE_DAYS = 31

/**
 * Sends again, with the ids of the first time, so that a receiver that has seen them can tell. The schedule begins anew.
 * @returns how many are sent again; refusals `not_found`, `invalid_body`
 */
export function replayDeliveries(
  runtime: Pick<Runtime, 'db' | 'now'>,
  input: { endpointId: string; personId: string; replay: Replay },
): Promise<Result<{ count: number }>> {
  const { endpointId, personId, replay } = input
  return inTransaction(runtime.db, async (tx) => {
    const endpoint = await managedEndpoint(tx, { endpointId, personId })
    if (!endpoint.ok) return endpoint
    if (endpoint.value.state !== 'enabled') {
      return refuse('invalid_body', { detail: 'The endpoint is disabled. Enable it first.' })
    }
    const wrong = 'from' in replay ? wrongRange(replay, runtime.now()) : null
    if (wrong) return wrong
    const count =
      'from' in replay
        ? await replayRange(tx, endpoint.value, replay)
        : await replayOne(tx, endpointId, replay.deliveryId)
    if (count === 0 && !('from' in replay)) return refuse('not_found')
    const body = 'from' in replay ? told(replay) : { delivery: replay.deliveryId }
    const event = endpointEvent(endpoint.value, 'webhook.replayed', personId, {
      ...body,
      count,
    })
    await appendEvents(tx, [event], runtime.now())
    return ok({ count })
  })
}

type Range = Extract<Replay, { from: number }>

function wrongRange({ from, to, which }: Range, now: number): Refused | null {
  if (!(to - from >= 0 && to - from <= LONGEST_REPLAY_MS)) {
    return refuse('invalid_body', { detail: 'Choose a range of at most 31 days.' })
  }
  if (which === 'all' || from >= now - KEPT_MS.delivered) return null
  const message =
    'What was delivered is kept for 30 days: of what is older nobody knows whether it arrived. Begin later, or send everything.'
  return refuse('invalid_body', {
    detail: message,
    fields: [{ path: '/from', message, code: 'too_old' }],
  })
}

function told({ from, to, which }: Range) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), which }
}

const AGAIN = `state = 'due', attempts = 0, due_at = clock_timestamp(), queued_at = NULL, ended_at = NULL`

/** What is due by itself is sent at once instead of at its time. */
function replayOne(tx: Tx, endpointId: string, deliveryId: string): Promise<number> {
  return tx.$executeRawUnsafe(
    `UPDATE webhook_deliveries SET ${AGAIN} WHERE id = $1::bigint AND endpoint_id = $2
      AND (lease_until IS NULL OR lease_until < clock_timestamp())`,
    deliveryId,
    endpointId,
  )
}

async function replayRange(
  tx: Tx,
  { id, callerId }: { id: string; callerId: string },
  { from, to, which }: Range,
): Promise<number> {
  const [start, end] = [new Date(from), new Date(to)]
  const again = await tx.$executeRawUnsafe(
    `UPDATE webhook_deliveries SET ${AGAIN} WHERE id IN (
      SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND at >= $2 AND at <= $3 AND request_id IS NOT NULL
        AND state = ANY($4::text[]) ORDER BY id LIMIT $5::int)`,
    id,
    start,
    end,
    which === 'all' ? ['delivered', 'dead'] : ['dead'],
    MOST_REPLAYED,
  )
  const never = await tx.$executeRawUnsafe(NEVER_QUEUED, id, start, end, callerId, MOST_REPLAYED)
  return again + never
}

const NEVER_QUEUED = `
INSERT INTO webhook_deliveries (endpoint_id, event_id, type, request_id, ordinal, at, due_at)
SELECT * FROM (
  ${eventsForEndpoints(`SELECT r.id AS request_id, e.ordinal, e.type, e.at, r.caller_id FROM requests r
    JOIN events e ON e.stream = 'request:' || r.id
    WHERE r.caller_id = $4 AND r.submitted_at <= $3 AND r.submitted_at >= $2::timestamptz - interval '${LONGEST_LIFE_DAYS} days'
      AND e.at >= $2 AND e.at <= $3`)}
) missed
WHERE missed.endpoint_id = $1 AND NOT EXISTS (
  SELECT FROM webhook_deliveries d WHERE d.endpoint_id = missed.endpoint_id AND d.event_id = missed.event_id)
ORDER BY missed.at, missed.ordinal LIMIT $5::int
ON CONFLICT (endpoint_id, event_id) DO NOTHING`
