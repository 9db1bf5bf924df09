import type { Json } from '#lib/core/contract/json'
import type { Sql } from './client'

/** What came of one attempt, with the names of the columns; times are RFC 3339. */
export interface AttemptRows {
  id: string
  /** How often it had been sent when it was claimed. */
  attemptsEver: number
  state: 'due' | 'delivered' | 'dead'
  attempts: number
  /** Null: as it was. */
  dueAt: string | null
  endedAt: string | null
  attempt: Record<string, Json>
  /** Where it was sent to. */
  url: string
  /** Null: it did not answer well. Written when the last time it was written is older than `unlessSince`, or it was failing. */
  wellAt: { at: string; unlessSince: string } | null
}

const SAVE_ATTEMPT = `
WITH input AS MATERIALIZED (SELECT $1::jsonb AS j),
moved AS (
  UPDATE webhook_deliveries d
  SET state = j->>'state', attempts = (j->>'attempts')::int, attempts_ever = d.attempts_ever + 1, lease_until = NULL, queued_at = NULL,
    due_at = coalesce((j->>'dueAt')::timestamptz, d.due_at), ended_at = coalesce((j->>'endedAt')::timestamptz, d.ended_at)
  FROM input WHERE d.id = (j->>'id')::bigint AND d.attempts_ever = (j->>'attemptsEver')::int
  RETURNING d.id, d.endpoint_id
),
logged AS (
  INSERT INTO webhook_attempts SELECT a.* FROM input, moved, jsonb_populate_record(NULL::webhook_attempts, j->'attempt') a
),
well AS (
  UPDATE webhook_endpoints w SET last_success_at = (j->'wellAt'->>'at')::timestamptz, failing_since = NULL, told_at = NULL
  FROM input, moved WHERE w.id = moved.endpoint_id AND w.url = j->>'url'
    AND (w.failing_since IS NOT NULL OR w.last_success_at IS NULL OR w.last_success_at < (j->'wellAt'->>'unlessSince')::timestamptz)
    AND j->'wellAt' <> 'null'
)
SELECT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = moved.endpoint_id AND d.state = 'due'
  AND d.queued_at IS NULL AND d.due_at <= clock_timestamp()) AS "isMoreDue"
FROM moved`

/**
 * Writes an attempt, what happens next with its delivery, and an endpoint that is well, in one statement.
 * @returns whether more of the endpoint is due and not handed over; null when somebody else has sent it meanwhile, and their row stands
 */
export async function saveAttemptRows(
  db: Sql,
  rows: AttemptRows,
): Promise<{ isMoreDue: boolean } | null> {
  const [saved] = await db.$queryRawUnsafe<{ isMoreDue: boolean }[]>(
    SAVE_ATTEMPT,
    JSON.stringify(rows),
  )
  return saved ?? null
}
