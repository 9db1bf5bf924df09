import { Redis } from 'ioredis'
import pg from 'pg'
import { expect, inject, test, vi } from 'vitest'
import { createQueues } from '#lib/queue/create-queues'
import { pumpOutbox } from '#lib/queue/outbox'
import { ROUTES } from '../../api/app'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { startRedis } from '../redis'
import { startWorker, type WorkerProcess } from '../worker-process'
import { submit, world } from '../world'
import { collect, readyToRelease, redeem, released, standing } from './steps'

/** Patience of a test. A killed worker's job is taken over within ten seconds, a lost one offered again after fifteen. */
const LATER = { timeout: 40_000, interval: 50 }
const PATIENT = { timeout: 120_000 }

const { url, name } = await testDatabase()
const w = await world(url)
const { config, db } = w.runtime
const { ask, listener } = apiOf(w.runtime)
let worker: WorkerProcess

/** A request whose last missing vote is cast and that waits for a worker. */
const voted = () => readyToRelease(w)

/** Released by a worker, once, and no step of it done twice. */
async function releasedOnce(requestId: string): Promise<void> {
  await vi.waitFor(async () => expect((await standing(w, requestId)).state).toBe('released'), LATER)
  const events = await db.event.findMany({ where: { stream: `request:${requestId}` } })
  const many = (type: string) => events.filter((event) => event.type === type).length
  expect([many('request.released'), many('grant.created'), many('vote.cast')]).toEqual([1, 1, 1])
  await vi.waitFor(async () => {
    expect(await db.outbox.count({ where: { requestId, doneAt: null } })).toBe(0)
  }, LATER)
}

test(
  'a worker killed between vote and evaluation loses nothing: another one releases',
  PATIENT,
  async () => {
    const requestId = await voted()
    const row = new pg.Client({ connectionString: url })
    await row.connect()
    await row.query('BEGIN')
    await row.query('SELECT 1 FROM requests WHERE id = $1 FOR UPDATE', [requestId])
    const first = await startWorker(config)
    const evaluating = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE OF r%'`
    await vi.waitFor(
      // A slow machine may have handed the wake-up out more than once by now: one that waits is enough.
      async () => expect(await db.$queryRawUnsafe(evaluating)).not.toHaveLength(0),
      LATER,
    )
    await first.signal('SIGKILL')
    await row.query('ROLLBACK')
    await row.end()
    expect(await db.outbox.count({ where: { requestId, doneAt: null } })).toBeGreaterThan(0)
    expect((await standing(w, requestId)).state).toBe('open')

    worker = await startWorker(config)
    await releasedOnce(requestId)
  },
)

test(
  'while the database is away every call says so, nothing is allowed, and all recover by themselves',
  PATIENT,
  async () => {
    const requestId = await released(w)
    const token = await collect(w, requestId)
    const waiting = ask('GET', `/v1/requests/${await submit(w)}?wait=25`, { key: w.agent.key })
    const back = await databaseAway()
    for (const { method, path } of ROUTES) {
      for (const key of [w.agent.key, w.runtimeKey.key]) {
        const body =
          method === 'post'
            ? { token, nonce: 'n'.repeat(16), environment: 'production' }
            : undefined
        const told = await ask(method.toUpperCase(), path.replace('{id}', requestId), {
          key,
          ...(body && { body }),
        })
        expect(told).toMatchObject({ status: 503, body: { code: 'unavailable', status: 503 } })
        expect(told.headers.get('retry-after')).toBe('2')
        expect(JSON.stringify(told.body)).not.toMatch(/ALLOW|"ok":true/)
      }
    }
    expect(await ask('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { checks: { database: false } },
    })
    expect((await ask('GET', '/healthz')).status).toBe(200)
    // A caller who was waiting hears that too, or waits on; nobody hears a release.
    const heard = await Promise.race([waiting, Promise.resolve(null)])
    expect(heard?.body['state']).not.toBe('released')
    await back()

    await vi.waitFor(async () => expect((await ask('GET', '/readyz')).status).toBe(200), LATER)
    expect(await redeem(w, token)).toBe('ok')
    await listener.whenListening()
    await releasedOnce(await voted())
    expect(worker.isRunning()).toBe(true)
    expect([200, 503]).toContain((await waiting).status)
  },
)

test(
  'a worker told to stop ends in order, and what was voted meanwhile is released by the next',
  PATIENT,
  async () => {
    expect(await worker.drain()).toBe(0)
    const requestId = await voted()
    worker = await startWorker(config)
    await releasedOnce(requestId)
    expect(await worker.drain()).toBe(0)
  },
)

test(
  'with the queue stopped everything but the release goes on, and the release comes when it is back',
  PATIENT,
  async () => {
    const redis = await startRedis()
    worker = await startWorker(config, { REDIS_URL: redis.url })
    const before = await voted()
    await releasedOnce(before)
    await redis.stop()

    const during = await voted()
    const token = await collect(w, before)
    expect(await redeem(w, token)).toBe('ok')
    const cancelled = await ask('POST', `/v1/requests/${await submit(w)}/cancel`, {
      key: w.agent.key,
    })
    expect(cancelled.status).toBe(200)
    await vi.waitFor(() => expect(worker.log()).toContain('Redis cannot be reached'), LATER)
    expect((await standing(w, during)).state).toBe('open')
    expect(worker.isRunning()).toBe(true)

    const again = await startRedis({ 'maxmemory-policy': 'noeviction' }, redis.url)
    await releasedOnce(during)

    // FLUSHALL while wake-ups are queued and nobody has taken them yet.
    await worker.signal('SIGSTOP')
    const lost = [await voted(), await voted(), await voted()]
    const queues = await createQueues({ ...config, redisUrl: again.url }, w.runtime.log)
    expect((await pumpOutbox(db, queues, Date.now())).enqueued).toBeGreaterThanOrEqual(1)
    await queues.close()
    const client = new Redis(again.url)
    await client.flushall()
    client.disconnect()
    // Fifteen seconds pass.
    await db.outbox.updateMany({
      where: { doneAt: null },
      data: { queuedAt: new Date(Date.now() - 16_000) },
    })
    await worker.signal('SIGCONT')
    for (const requestId of lost) await releasedOnce(requestId)
    expect(await worker.drain()).toBe(0)
    await again.stop()
  },
)

/** Ends every connection to the test's database and lets nobody in. @returns what undoes it */
async function databaseAway(): Promise<() => Promise<void>> {
  const outside = new URL(inject('templateUrl'))
  outside.pathname = '/postgres'
  const admin = new pg.Client({ connectionString: outside.href })
  await admin.connect()
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ])
  return async () => {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
    await admin.end()
  }
}
