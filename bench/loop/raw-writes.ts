import pg from 'pg'
import type { Runtime } from '../../lib/runtime'
import { type Row, timed } from '../times'

/** What PostgreSQL gives when nothing is decided: one row, and the rows that a held submit writes, with one commit each. */
export async function rawWrites(
  { db, config }: Runtime,
  crowd: { count: number; atOnce: number },
): Promise<Row[]> {
  const pool = new pg.Pool({ connectionString: config.databaseUrl, max: crowd.atOnce })
  try {
    const { id, hashed } = await db.request.findFirstOrThrow({ where: { state: 'open' } })
    return [
      await timed('raw insert of one row (pg)', crowd, () => pool.query(ONE_ROW, [hashed])),
      await timed('raw inserts of the rows of a submit (pg)', crowd, (nr) =>
        writeAll(pool, id, `req_bench${nr}`),
      ),
    ]
  } finally {
    await pool.end()
  }
}

const ONE_ROW = `INSERT INTO outbox (topic, request_id, cause, done_at) VALUES ('bench', 'bench', $1, now())`

/** Copies of a held request's rows, closed so that they count nowhere, and in streams of their own. */
const ROWS = [
  `INSERT INTO requests SELECT (jsonb_populate_record(r, jsonb_build_object('id', $2::text, 'state', 'cancelled'))).*
   FROM requests r WHERE r.id = $1`,
  `INSERT INTO decisions SELECT (jsonb_populate_record(d, jsonb_build_object('request_id', $2::text))).*
   FROM decisions d WHERE d.request_id = $1`,
  `INSERT INTO events (stream, ordinal, type, at, actor, body, prev, hash)
   SELECT 'bench:' || $2::text, ordinal, type, at, actor, body, prev, hash FROM events WHERE stream = 'request:' || $1::text`,
]

async function writeAll(pool: pg.Pool, from: string, to: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    for (const [nr, text] of ROWS.entries()) {
      await client.query({ name: `bench_${nr}`, text, values: [from, to] })
    }
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}
