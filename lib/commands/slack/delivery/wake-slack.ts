import type { Db } from '#lib/db/client'

/** Most requests woken at once; the next tick takes the rest. */
const MOST_WOKEN = 200

/**
 * Requests with something to tell Slack by now: a message to send or to try again, a reminder, the end of quiet hours. Each gets
 * one wake-up, unless one is waiting; none does while Slack asks for patience, or where it is not set up.
 */
const WAKE = `
WITH due AS (
  SELECT coalesce(m.request_id, (SELECT min(d.request_id) FROM slack_deliveries d WHERE d.message_id = m.id)) AS request_id,
    m.due_at AS at
  FROM slack_messages m WHERE m.due_at <= clock_timestamp() AND m.closed_at IS NULL
  UNION ALL
  SELECT w.request_id, w.next_at FROM slack_watches w WHERE w.next_at <= clock_timestamp()
)
INSERT INTO outbox (topic, request_id, cause)
SELECT 'notify', due.request_id, 'slack' FROM due
WHERE due.request_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.request_id = due.request_id AND o.topic = 'notify' AND o.done_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM slack_workspaces w WHERE w.paused_until > clock_timestamp())
GROUP BY due.request_id ORDER BY min(due.at), due.request_id LIMIT ${MOST_WOKEN}
RETURNING request_id`

/** @returns how many requests were woken */
export async function wakeSlack(db: Db): Promise<number> {
  const rows = await db.$queryRawUnsafe<{ request_id: string }[]>(WAKE)
  return rows.length
}

/** A delivery of Slack's is refused by its age long before that. */
const FORGET = `DELETE FROM slack_seen WHERE seen_at < clock_timestamp() - interval '15 minutes'`

export async function forgetSeen(db: Db): Promise<void> {
  await db.$executeRawUnsafe(FORGET)
}
