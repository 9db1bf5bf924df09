import pg from 'pg'
import { appendEntries } from '#lib/core/audit/chain'

export interface SlowEvent {
  /** Its number, which it has although nobody sees it yet. */
  seq: bigint
  commit: () => Promise<void>
  abort: () => Promise<void>
}

/** Writes the first event of a stream in a transaction that stays open until `commit` or `abort`. */
export async function slowEvent(url: string, stream: string): Promise<SlowEvent> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const draft = { type: 'test.happened', at: 0, actor: { kind: 'system' as const }, body: {} }
  const [entry] = appendEntries({ stream, head: null }, [draft])
  if (entry === undefined) throw new Error('one draft gives one entry')
  await client.query('BEGIN')
  const { rows } = await client.query<{ seq: string }>(
    `INSERT INTO events (stream, ordinal, type, at, actor, body, prev, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING seq`,
    [stream, entry.ordinal, entry.type, entry.at, entry.actor, entry.body, entry.prev, entry.hash],
  )
  const end = async (how: 'COMMIT' | 'ROLLBACK') => {
    await client.query(how)
    await client.end()
  }
  return {
    seq: BigInt(rows[0]?.seq ?? 0),
    commit: () => end('COMMIT'),
    abort: () => end('ROLLBACK'),
  }
}
