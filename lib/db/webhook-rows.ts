import type { Sql } from './client'

/** A delivery that is this sender's for a while, with what it takes to send it. */
export interface ClaimedDelivery {
  id: bigint
  endpointId: string
  eventId: string
  type: string
  requestId: string | null
  ordinal: number | null
  at: Date
  attempts: number
  attemptsEver: number
  url: string
  sealedSecret: string
  sealedOldSecret: string | null
  oldSecretEndsAt: Date | null
  callerId: string
  runKey: string | null
  contractDigest: string | null
  policyVersion: string | null
}

/** At once for one endpoint: many while it answers, one while it fails, so that one that hangs takes nobody's place. */
const AT_ONCE = { healthy: 8, failing: 1 } as const

/** Nobody manages the endpoints of a caller that was deactivated, so nothing is sent there; it waits like for one that is disabled. */
const OF_ACTIVE_CALLER = 'EXISTS (SELECT FROM callers c WHERE c.id = w.caller_id AND c.active)'

// The lateral part reads each endpoint's few next rows by its index, however much waits. Materialized: a plan that ran it twice
// would take more than that.
const TAKE = `
WITH taken AS MATERIALIZED (
  SELECT next.id FROM webhook_endpoints w
  CROSS JOIN LATERAL (
    SELECT d.id FROM webhook_deliveries d
    WHERE d.endpoint_id = w.id AND d.state = 'due' AND d.due_at <= to_timestamp($1::float8 / 1000)
      AND (d.queued_at IS NULL OR d.queued_at < to_timestamp($2::float8 / 1000))
    ORDER BY d.due_at, d.id
    LIMIT greatest(0, CASE WHEN w.failing_since IS NULL THEN ${AT_ONCE.healthy} ELSE ${AT_ONCE.failing} END - (
      SELECT count(*) FROM webhook_deliveries b
      WHERE b.endpoint_id = w.id AND b.state = 'due' AND b.queued_at >= to_timestamp($2::float8 / 1000)))
    FOR UPDATE SKIP LOCKED
  ) next
  WHERE w.state = 'enabled' AND ${OF_ACTIVE_CALLER}
  LIMIT $3::int
)
UPDATE webhook_deliveries d SET queued_at = to_timestamp($1::float8 / 1000)
FROM taken WHERE d.id = taken.id
RETURNING d.id::text AS id`

/**
 * Marks deliveries that are due as handed over.
 * @param now epoch ms
 * @param queuedBefore what was handed over earlier and is still due is taken again (epoch ms)
 */
export async function takeDeliveries(
  db: Sql,
  { now, queuedBefore, limit }: { now: number; queuedBefore: number; limit: number },
): Promise<string[]> {
  const rows = await db.$queryRawUnsafe<{ id: string }[]>(TAKE, now, queuedBefore, limit)
  return rows.map(({ id }) => id)
}

/** No queue took them: they are free for the next pump at once. */
export async function giveBackDeliveries(db: Sql, ids: string[], now: number): Promise<void> {
  await db.$executeRawUnsafe(
    `UPDATE webhook_deliveries SET queued_at = NULL
     WHERE id = ANY($1::bigint[]) AND state = 'due' AND queued_at = to_timestamp($2::float8 / 1000)`,
    ids,
    now,
  )
}

const CLAIM = `
UPDATE webhook_deliveries d
SET lease_until = to_timestamp($3::float8 / 1000)
FROM webhook_endpoints w
WHERE d.id = $1::bigint AND w.id = d.endpoint_id AND w.state = 'enabled' AND d.state = 'due' AND ${OF_ACTIVE_CALLER}
  AND d.due_at <= to_timestamp($2::float8 / 1000) AND (d.lease_until IS NULL OR d.lease_until <= to_timestamp($2::float8 / 1000))
RETURNING d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.type, d.request_id AS "requestId", d.ordinal, d.at,
  d.attempts, d.attempts_ever AS "attemptsEver", w.url, w.sealed_secret AS "sealedSecret", w.sealed_old_secret AS "sealedOldSecret",
  w.old_secret_ends_at AS "oldSecretEndsAt", w.caller_id AS "callerId",
  (SELECT r.run_key FROM requests r WHERE r.id = d.request_id) AS "runKey",
  (SELECT r.contract_digest FROM requests r WHERE r.id = d.request_id) AS "contractDigest",
  (SELECT r.policy_version FROM requests r WHERE r.id = d.request_id) AS "policyVersion"`

/**
 * Takes one delivery that is due and that nobody else is sending.
 * @param now epoch ms
 * @returns null when there is nothing to do: sent, not due, somebody else's, or its endpoint is not enabled
 */
export async function claimDelivery(
  db: Sql,
  { id, now, leaseUntil }: { id: string; now: number; leaseUntil: number },
): Promise<ClaimedDelivery | null> {
  const [row] = await db.$queryRawUnsafe<ClaimedDelivery[]>(CLAIM, id, now, leaseUntil)
  return row ?? null
}
