import type { Sql } from './client'
import { CHANGING_COLUMNS, type WriteSet } from './rows'
import { eventsForEndpoints } from './webhook-fan-out'

const COLUMNS = CHANGING_COLUMNS.join(', ')

/**
 * One statement, so one round trip, whatever a command writes. `$1` is the write set as JSON.
 * Deliveries to webhooks are rows like the others: an event that is committed is queued for whoever subscribed to it.
 * The vote's insert reads the count of ended votes first: it must not meet the live vote it replaces in votes_one_live.
 */
const SAVE = `
WITH input AS (SELECT $1::jsonb AS j),
inserted AS (
  INSERT INTO requests SELECT q.* FROM input, jsonb_populate_record(NULL::requests, j->'insert') q WHERE j ? 'insert'
  RETURNING 1
),
patched AS (
  UPDATE requests r SET (${COLUMNS}) = (SELECT ${COLUMNS} FROM jsonb_populate_record(r, j->'patch'))
  FROM input WHERE j ? 'patch' AND r.id = j->>'requestId'
),
decided AS (
  INSERT INTO decisions SELECT d.* FROM input, jsonb_populate_recordset(NULL::decisions, j->'decisions') d
),
ended_votes AS (
  UPDATE votes v SET ended_at = (e->>'at')::timestamptz, end_reason = e->>'reason'
  FROM input, jsonb_array_elements(j->'endVotes') e WHERE v.id = e->>'id' AND v.ended_at IS NULL
  RETURNING 1
),
voted AS (
  INSERT INTO votes SELECT v.* FROM input, jsonb_populate_recordset(NULL::votes, j->'votes') v
  WHERE (SELECT count(*) FROM ended_votes) >= 0
),
ended_evidence AS (
  UPDATE evidence v SET state = e->>'state', ended_at = (e->>'at')::timestamptz, ended_by = e->>'by', end_reason = e->>'reason'
  FROM input, jsonb_array_elements(j->'endEvidence') e WHERE v.id = e->>'id' AND v.state = 'provided'
),
given AS (
  INSERT INTO evidence SELECT v.* FROM input, jsonb_populate_recordset(NULL::evidence, j->'evidence') v
),
granted AS (
  INSERT INTO grants SELECT g.* FROM input, jsonb_populate_record(NULL::grants, j->'grant') g WHERE j ? 'grant'
  ON CONFLICT (request_id) DO UPDATE SET
    state = excluded.state, jti = excluded.jti, token_expires_at = excluded.token_expires_at, claims = excluded.claims,
    collected_at = excluded.collected_at, redeemed_at = excluded.redeemed_at, redeem_nonce_hash = excluded.redeem_nonce_hash,
    redeemed_by_key_id = excluded.redeemed_by_key_id, reported_at = excluded.reported_at, outcome = excluded.outcome,
    outcome_detail = excluded.outcome_detail, ended_at = excluded.ended_at, end_reason = excluded.end_reason
),
answered AS (
  INSERT INTO decision_answers SELECT a.* FROM input, jsonb_populate_recordset(NULL::decision_answers, j->'answers') a
),
recorded AS (
  INSERT INTO events (stream, ordinal, type, at, actor, body, prev, hash)
  SELECT e.stream, e.ordinal, e.type, e.at, e.actor, e.body, e.prev, e.hash
  FROM input, jsonb_populate_recordset(NULL::events, j->'events') e ORDER BY e.ordinal
),
told AS (
  INSERT INTO webhook_deliveries (endpoint_id, event_id, type, request_id, ordinal, at, due_at)
  ${eventsForEndpoints(`SELECT j->>'requestId' AS request_id, e.ordinal, e.type, e.at,
      coalesce(j->'insert'->>'caller_id', (SELECT caller_id FROM requests WHERE id = j->>'requestId')) AS caller_id
    FROM input, jsonb_populate_recordset(NULL::events, j->'events') e`)}
),
queued AS (
  INSERT INTO outbox (topic, request_id, cause)
  SELECT o.topic, o.request_id, o.cause FROM input, jsonb_populate_recordset(NULL::outbox, j->'outbox') o
),
done AS (
  UPDATE outbox o SET done_at = clock_timestamp()
  FROM input WHERE j ? 'settlesOutbox' AND o.request_id = j->>'requestId' AND o.topic = 'evaluate' AND o.done_at IS NULL
)
SELECT 1 AS saved`

/** Writes a whole write set in one statement. Announce the request once the transaction has committed. */
export async function saveChanges(sql: Sql, changes: WriteSet): Promise<void> {
  await sql.$queryRawUnsafe(SAVE, JSON.stringify(changes))
}
