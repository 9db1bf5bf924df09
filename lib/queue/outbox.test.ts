import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { createDb } from '#lib/db/client'
import { createLog } from '#lib/log'
import { testDatabase } from '../../test/database'
import { startRedis } from '../../test/redis'
import { createPump } from './create-pump'
import { createQueues, type Queues } from './create-queues'
import { createWorker } from './create-worker'
import { OFFER_AGAIN_MS, OUTBOX_BATCH, pumpOutbox } from './outbox'
import type { JobHandler, NewJob, QueueConfig } from './types'

const { url: databaseUrl } = await testDatabase()
const redis = await startRedis()
const log = createLog({ logLevel: 'silent' })
const SOON = { timeout: 15_000, interval: 20 }
const NOW = Date.parse('2026-03-14T09:00:00Z')

const pool = new pg.Pool({ connectionString: databaseUrl })
const db = createDb(databaseUrl)
const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
  await pool.query('TRUNCATE outbox; DROP SCHEMA IF EXISTS bullmq CASCADE')
  await flushRedis()
})
afterAll(async () => {
  await db.$disconnect()
  await pool.end()
  await redis.stop()
})

async function flushRedis(): Promise<void> {
  const client = new Redis(redis.url)
  await client.flushall()
  client.disconnect()
}

async function configureRedis(setting: string, value: string): Promise<void> {
  const client = new Redis(redis.url)
  await client.config('SET', setting, value)
  client.disconnect()
}

/** Commits `count` wake-ups, as a command does; returns their ids. */
async function commit(count: number, topic = 'evaluate'): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO outbox (topic, request_id, cause)
     SELECT $2, 'req_' || n, 'vote' FROM generate_series(1, $1) n RETURNING id::text`,
    [count, topic],
  )
  return rows.map(({ id }) => id)
}

async function queued(): Promise<(string | null)[]> {
  const { rows } = await pool.query<{ queued_at: Date | null }>(
    'SELECT queued_at FROM outbox ORDER BY id',
  )
  return rows.map(({ queued_at }) => queued_at?.toISOString() ?? null)
}

/** What the evaluation's own commit does. */
async function settle(outboxId: string): Promise<void> {
  await pool.query('UPDATE outbox SET done_at = now() WHERE id = $1', [outboxId])
}

interface Handed {
  id: string
  data: NewJob['data']
}

/** The jobs that the queue in PostgreSQL holds. */
async function handedOver(): Promise<Handed[]> {
  const { rows } = await pool.query<Handed>(
    'SELECT id, data FROM bullmq.job ORDER BY length(id), id',
  )
  return rows
}

describe('pumping the outbox', () => {
  async function open(redisUrl: string | null = null): Promise<Queues> {
    const made = await createQueues({ databaseUrl, redisUrl }, log)
    opened.push(made)
    return made
  }

  test('hands over each waiting row once and marks it', async () => {
    const ids = await commit(3)
    const queues = await open()
    expect(await pumpOutbox(db, queues, NOW)).toEqual({ enqueued: 3, refused: 0 })
    expect(await handedOver()).toEqual(
      ids.map((id, index) => ({
        id: `outbox-${id}`,
        data: { requestId: `req_${index + 1}`, outboxId: id },
      })),
    )
    expect(new Set(await queued())).toEqual(new Set(['2026-03-14T09:00:00.000Z']))
    expect(await pumpOutbox(db, queues, NOW + OFFER_AGAIN_MS)).toEqual({ enqueued: 0, refused: 0 })
  })

  test('offers a row again whose work was not committed in time, under the same name', async () => {
    const [id] = await commit(1)
    const queues = await open()
    await pumpOutbox(db, queues, NOW)
    await pool.query('DELETE FROM bullmq.job')
    expect(await pumpOutbox(db, queues, NOW + OFFER_AGAIN_MS + 1)).toEqual({
      enqueued: 1,
      refused: 0,
    })
    expect((await handedOver()).map((job) => job.id)).toEqual([`outbox-${id}`])
  })

  test('leaves rows alone that are done', async () => {
    const [id = ''] = await commit(1)
    await settle(id)
    expect(await pumpOutbox(db, await open(), NOW)).toEqual({ enqueued: 0, refused: 0 })
  })

  test('leaves rows of a topic alone that it does not know', async () => {
    await commit(1, 'webhook')
    expect(await pumpOutbox(db, await open(), NOW)).toEqual({ enqueued: 0, refused: 0 })
    expect(await queued()).toEqual([null])
  })

  test('gives back at once what the queue refuses', async () => {
    await commit(4)
    const queues = await open(redis.url)
    await configureRedis('maxmemory', '1')
    expect(await pumpOutbox(db, queues, NOW)).toEqual({ enqueued: 0, refused: 4 })
    expect(await queued()).toEqual([null, null, null, null])
    await configureRedis('maxmemory', '0')
    expect(await pumpOutbox(db, queues, NOW + 1)).toEqual({ enqueued: 4, refused: 0 })
  })

  test('takes a bounded number of rows, and many pumps at once share them without overlap', async () => {
    const ids = await commit(3 * OUTBOX_BATCH)
    const queues = await open()
    let total = 0
    for (let round = 0; round < 4; round++) {
      const pumped = await Promise.all([1, 2, 3].map(() => pumpOutbox(db, queues, NOW)))
      for (const { enqueued } of pumped) {
        expect(enqueued).toBeLessThanOrEqual(OUTBOX_BATCH)
        total += enqueued
      }
    }
    expect(total).toBe(ids.length)
    expect((await handedOver()).map((job) => job.id)).toEqual(ids.map((id) => `outbox-${id}`))
  })
})

const BACKENDS: { name: string; config: QueueConfig }[] = [
  { name: 'PostgreSQL', config: { databaseUrl, redisUrl: null } },
  { name: 'Redis', config: { databaseUrl, redisUrl: redis.url } },
]

describe.each(BACKENDS)('a kept outbox with the queue on $name', ({ config }) => {
  let queues: Queues

  async function open(): Promise<void> {
    queues = await createQueues(config, log)
    opened.push(queues)
  }

  function pump(now: () => number, everyMs?: number) {
    const made = createPump(db, queues, { log, now, ...(everyMs !== undefined && { everyMs }) })
    opened.unshift({ close: () => made.stop() })
    return made
  }

  function worker(handler: JobHandler<'evaluate'>): void {
    opened.unshift(createWorker('evaluate', handler, { config, log }))
  }

  async function waiting(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM outbox WHERE done_at IS NULL',
    )
    return rows[0]?.count ?? -1
  }

  test('a committed row is worked off, by a kick or by the beat', async () => {
    await open()
    worker(({ data }) => settle(data.outboxId))
    const { kick } = pump(Date.now, 60_000)
    await commit(500)
    kick()
    await vi.waitFor(async () => expect(await waiting()).toBe(0), SOON)
    pump(Date.now, 50)
    await commit(1)
    await vi.waitFor(async () => expect(await waiting()).toBe(0), SOON)
  })

  test('a row whose job already waits is not worked off twice', async () => {
    await open()
    await commit(1)
    await pumpOutbox(db, queues, NOW)
    await pumpOutbox(db, queues, NOW + OFFER_AGAIN_MS + 1)
    expect((await queues.depth()).evaluate.waiting).toBe(1)
  })

  test('a queue that lost everything loses no wake-up', async () => {
    await open()
    await commit(20)
    await pumpOutbox(db, queues, NOW)
    expect((await queues.depth()).evaluate.waiting).toBe(20)
    if (config.redisUrl === null) await pool.query('TRUNCATE bullmq.job CASCADE')
    else await flushRedis()
    expect((await queues.depth()).evaluate.waiting).toBe(0)

    worker(({ data }) => settle(data.outboxId))
    await pumpOutbox(db, queues, NOW + OFFER_AGAIN_MS + 1)
    await vi.waitFor(async () => expect(await waiting()).toBe(0), SOON)
  })

  test('rows wait while the queue is away and are worked off when it is back', async () => {
    const away: QueueConfig = {
      databaseUrl: databaseUrl.replace(/:\d+\//, ':1/'),
      redisUrl: config.redisUrl && 'redis://127.0.0.1:1',
    }
    queues = await createQueues(away, log)
    opened.push(queues)
    await commit(3)
    const stopped = pump(Date.now, 20)
    await vi.waitFor(async () => expect(await queues.isReady()).toBe(false), SOON)
    await stopped.stop()
    expect(await queued()).toEqual([null, null, null])

    await open()
    worker(({ data }) => settle(data.outboxId))
    pump(Date.now, 20)
    await vi.waitFor(async () => expect(await waiting()).toBe(0), SOON)
  })
})
