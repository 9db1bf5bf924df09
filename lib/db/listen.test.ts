import pg from 'pg'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { testDatabase } from '../../test/database'
import { CHANGED_CHANNEL, type ChangeListener, createListener } from './listen'

const { url } = await testDatabase({ migrated: false })
const log = pino({ level: 'silent' })
const LONG_MS = 15_000
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function listener(): Promise<ChangeListener> {
  const made = createListener(url, log)
  opened.push(made)
  await made.whenListening()
  return made
}

async function database(): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  opened.push({ close: () => pool.end() })
  return await Promise.resolve(pool)
}

async function notify(pool: pg.Pool, requestId: string): Promise<void> {
  await pool.query('SELECT pg_notify($1, $2)', [CHANGED_CHANNEL, requestId])
}

/** Breaks the listener's connection as a restart or a failover would. */
async function killListener(pool: pg.Pool): Promise<void> {
  const { rowCount } = await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'countersign listener' AND datname = current_database()`,
  )
  expect(rowCount).toBe(1)
}

test('a change wakes whoever waits for that request and nobody else', async () => {
  const changes = await listener()
  const pool = await database()
  const other = changes.wait('req_b', { timeoutMs: 300 })
  const mine = [1, 2].map(() => changes.wait('req_a', { timeoutMs: LONG_MS }))
  await notify(pool, 'req_a')
  expect(await Promise.all(mine)).toEqual(['changed', 'changed'])
  expect(await other).toBe('timeout')
})

test('a change is told when its transaction commits, not before and not when it rolls back', async () => {
  const changes = await listener()
  const pool = await database()
  const heard: (string | null)[] = []
  changes.subscribe((id) => heard.push(id))
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query('SELECT pg_notify($1, $2)', [CHANGED_CHANNEL, 'req_undone'])
  await client.query('ROLLBACK')
  await client.query('BEGIN')
  await client.query('SELECT pg_notify($1, $2)', [CHANGED_CHANNEL, 'req_done'])
  const change = changes.wait('req_done', { timeoutMs: LONG_MS })
  await notify(pool, 'req_between')
  await client.query('COMMIT')
  client.release()
  expect(await change).toBe('changed')
  expect(heard).toEqual(['req_between', 'req_done'])
})

test('a thousand waiters on one connection are each woken once by their own change', async () => {
  const changes = await listener()
  const pool = await database()
  const ids = Array.from({ length: 1_000 }, (_, index) => `req_${index}`)
  const waits = ids.map((id) => changes.wait(id, { timeoutMs: LONG_MS }))
  await Promise.all(ids.map((id) => notify(pool, id)))
  expect(new Set(await Promise.all(waits))).toEqual(new Set(['changed']))
  const { rows } = await pool.query<{ connections: number }>(
    `SELECT count(*)::int AS connections FROM pg_stat_activity
     WHERE application_name = 'countersign listener' AND datname = current_database()`,
  )
  expect(rows).toEqual([{ connections: 1 }])
})

test('when the connection is killed, every waiter and subscriber is told to read again', async () => {
  const changes = await listener()
  const pool = await database()
  const heard: (string | null)[] = []
  changes.subscribe((id) => heard.push(id))
  const waits = Array.from({ length: 1_000 }, (_, index) =>
    changes.wait(`req_${index}`, { timeoutMs: LONG_MS }),
  )
  await killListener(pool)
  expect(new Set(await Promise.all(waits))).toEqual(new Set(['changed']))
  expect(heard).toEqual([null])
})

test('changes are heard again after the connection was lost', async () => {
  const changes = await listener()
  const pool = await database()
  const woken = changes.wait('req_any', { timeoutMs: LONG_MS })
  await killListener(pool)
  await woken
  const change = changes.wait('req_a', { timeoutMs: LONG_MS })
  await notify(pool, 'req_a')
  expect(await change).toBe('changed')
})

test('whoever waits before there is a connection is told to read again once there is one', async () => {
  const changes = createListener(url, log)
  opened.push(changes)
  expect(await changes.wait('req_early', { timeoutMs: LONG_MS })).toBe('changed')
})

test('no wake-up is lost when waiting starts before reading, however changes and reads interleave', async () => {
  const changes = await listener()
  const pool = await database()
  await pool.query('CREATE TABLE counters (id text PRIMARY KEY, value int NOT NULL)')
  const ids = Array.from({ length: 20 }, (_, index) => `req_${index}`)
  await pool.query('INSERT INTO counters SELECT unnest($1::text[]), 0', [ids])
  const LAST = 25

  const write = async (id: string): Promise<void> => {
    for (let value = 1; value <= LAST; value++) {
      await pool.query(
        `WITH changed AS (UPDATE counters SET value = $2 WHERE id = $1) SELECT pg_notify('${CHANGED_CHANNEL}', $1)`,
        [id, value],
      )
    }
  }
  const follow = async (id: string): Promise<string> => {
    for (;;) {
      const change = changes.wait(id, { timeoutMs: LONG_MS })
      const { rows } = await pool.query<{ value: number }>(
        'SELECT value FROM counters WHERE id = $1',
        [id],
      )
      if (rows[0]?.value === LAST) return 'seen'
      if ((await change) === 'timeout') return 'lost'
    }
  }
  const [followed] = await Promise.all([Promise.all(ids.map(follow)), Promise.all(ids.map(write))])
  expect(followed).toEqual(ids.map(() => 'seen'))
})

test('a wait ends when its caller gives up, and leaves nothing behind', async () => {
  const changes = await listener()
  const gone = new AbortController()
  const wait = changes.wait('req_a', { timeoutMs: LONG_MS, signal: gone.signal })
  expect(changes.waitingCount()).toBe(1)
  gone.abort()
  expect(await wait).toBe('timeout')
  expect(changes.waitingCount()).toBe(0)
  expect(await changes.wait('req_a', { timeoutMs: LONG_MS, signal: gone.signal })).toBe('timeout')
})

test('a subscriber that throws or leaves does not keep the others from hearing', async () => {
  const changes = await listener()
  const pool = await database()
  const left: (string | null)[] = []
  changes.subscribe(() => {
    throw new Error('broken page')
  })
  const leave = changes.subscribe((id) => left.push(id))
  leave()
  const heard = new Promise<string | null>((resolve) => changes.subscribe(resolve))
  await notify(pool, 'req_a')
  expect(await heard).toBe('req_a')
  expect(left).toEqual([])
})

test('closing ends all waits', async () => {
  const changes = createListener(url, log)
  await changes.whenListening()
  const wait = changes.wait('req_a', { timeoutMs: LONG_MS })
  await changes.close()
  expect(await wait).toBe('timeout')
})

test('a listener that cannot connect can still be closed', async () => {
  const nobody = new URL(url)
  nobody.port = '1'
  const changes = createListener(nobody.href, log)
  const wait = changes.wait('req_a', { timeoutMs: 50 })
  expect(await wait).toBe('timeout')
  await changes.close()
})
