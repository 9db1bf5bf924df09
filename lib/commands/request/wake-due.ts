import type { Db } from '#lib/db/client'

/** Most rows taken at once; the next tick takes the rest. */
const MOST_WOKEN = 500

/**
 * Requests that time alone may have changed (deadline passed, a window opened, evidence or a vote aged) and requests
 * whose input was never evaluated: each gets one outbox row, unless one is waiting already.
 */
const WAKE = `
INSERT INTO outbox (topic, request_id, cause)
SELECT 'evaluate', r.id, CASE WHEN r.evaluated_seq < r.input_seq THEN 'sweep' ELSE 'clock' END
FROM requests r
WHERE r.state = 'open'
  AND (r.deadline_at <= clock_timestamp() OR r.next_check_at <= clock_timestamp() OR r.evaluated_seq < r.input_seq)
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.request_id = r.id AND o.topic = 'evaluate' AND o.done_at IS NULL)
ORDER BY r.id LIMIT ${MOST_WOKEN}
RETURNING request_id`

/** @returns how many requests were woken */
export async function wakeDue(db: Db): Promise<number> {
  const rows = await db.$queryRawUnsafe<{ request_id: string }[]>(WAKE)
  return rows.length
}

const LAPSED = `
SELECT g.request_id FROM grants g
WHERE g.state IN ('ready', 'collected') AND g.ends_at <= clock_timestamp() ORDER BY g.ends_at LIMIT ${MOST_WOKEN}`

/** Ids of requests whose grant ran out unredeemed and does not say so yet. */
export async function grantsToLapse(db: Db): Promise<string[]> {
  const rows = await db.$queryRawUnsafe<{ request_id: string }[]>(LAPSED)
  return rows.map(({ request_id }) => request_id)
}

/** Wake-ups that were answered an hour ago; what they led to is in the decisions and the audit trail. */
const FORGET = `
DELETE FROM outbox WHERE id IN (
  SELECT id FROM outbox WHERE done_at < clock_timestamp() - interval '1 hour' ORDER BY id LIMIT ${MOST_WOKEN})`

export async function forgetOutbox(db: Db): Promise<void> {
  await db.$executeRawUnsafe(FORGET)
}
