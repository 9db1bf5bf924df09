import type { Sql } from './client'

export interface WaitingRow {
  /** bigint as text */
  id: string
  topic: string
  requestId: string
}

export interface TakeOutbox {
  topics: string[]
  /** Epoch ms; becomes queued_at. */
  now: number
  /** Rows handed over before this (epoch ms) and still not done are taken again. */
  queuedBefore: number
  limit: number
}

// Materialized: a plan that ran the inner query twice would take more than the limit.
const TAKE = `
WITH taken AS MATERIALIZED (
  SELECT id FROM outbox
  WHERE done_at IS NULL AND topic = ANY($1::text[]) AND (queued_at IS NULL OR queued_at < to_timestamp($3::float8 / 1000))
  ORDER BY id LIMIT $4::int FOR UPDATE SKIP LOCKED
)
UPDATE outbox o SET queued_at = to_timestamp($2::float8 / 1000)
FROM taken WHERE o.id = taken.id
RETURNING o.id::text, o.topic, o.request_id AS "requestId"`

const GIVE_BACK = `
UPDATE outbox SET queued_at = NULL
WHERE id = ANY($1::bigint[]) AND done_at IS NULL AND queued_at = to_timestamp($2::float8 / 1000)`

/** Marks waiting rows as handed over and returns them, oldest first. Two processes never take the same row. */
export async function takeOutbox(db: Sql, which: TakeOutbox): Promise<WaitingRow[]> {
  const rows = await db.$queryRawUnsafe<WaitingRow[]>(
    TAKE,
    which.topics,
    which.now,
    which.queuedBefore,
    which.limit,
  )
  return rows.sort((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
}

/** Undoes a take at `now` that no queue accepted, unless somebody else has taken or finished the row since. */
export async function giveBackOutbox(
  db: Sql,
  rows: Pick<WaitingRow, 'id'>[],
  now: number,
): Promise<void> {
  const ids = rows.map((row) => row.id)
  await db.$executeRawUnsafe(GIVE_BACK, ids, now)
}

/** The wake-up and all before it are done: whoever read the request after taking it saw what they told. */
export async function settleNotify(
  db: Sql,
  { requestId, outboxId }: { requestId: string; outboxId: string },
): Promise<void> {
  await db.$executeRawUnsafe(
    `UPDATE outbox SET done_at = clock_timestamp()
     WHERE topic = 'notify' AND request_id = $1 AND id <= $2::bigint AND done_at IS NULL`,
    requestId,
    outboxId,
  )
}
