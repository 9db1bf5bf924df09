import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { createLog } from '#lib/log'
import { testDatabase } from '../../test/database'
import { startRedis } from '../../test/redis'
import { createQueues, type Queues, type QueueTuning } from './create-queues'
import { createWorker, type QueueWorker } from './create-worker'
import type { JobHandler, NewJob, QueueConfig } from './types'

const { url: databaseUrl } = await testDatabase({ migrated: false })
const redis = await startRedis()
afterAll(() => redis.stop())

const log = createLog({ logLevel: 'silent' })
const HANGING_WORKER = fileURLToPath(new URL('../../test/hanging-worker.ts', import.meta.url))
/** Patience of a test, far above what anything takes. */
const SOON = { timeout: 15_000, interval: 20 }
const FAST_RETRIES: QueueTuning = { attempts: 3, backoff: { type: 'exponential', delay: 20 } }

const opened: { close(): Promise<void> }[] = []

async function asPostgres<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'test' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function asRedis<T>(work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url)
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

interface TestBackend {
  name: string
  config: QueueConfig
  wipe: () => Promise<unknown>
  /** Cuts every connection of queues and workers, as a restart or failover does. */
  cutConnections: () => Promise<unknown>
}

const BACKENDS: TestBackend[] = [
  {
    name: 'PostgreSQL',
    config: { databaseUrl, redisUrl: null },
    wipe: () => asPostgres((client) => client.query('DROP SCHEMA IF EXISTS bullmq CASCADE')),
    cutConnections: () =>
      asPostgres((client) =>
        client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        ),
      ),
  },
  {
    name: 'Redis',
    config: { databaseUrl, redisUrl: redis.url },
    wipe: () => asRedis((client) => client.flushall()),
    cutConnections: () => asRedis((client) => client.call('CLIENT', 'KILL', 'TYPE', 'normal')),
  },
]

function wakeUp(id: string): NewJob<'evaluate'> {
  return { id, data: { requestId: `req_${id}`, outboxId: '1' } }
}

describe.each(BACKENDS)('the queue on $name', ({ config, wipe, cutConnections }) => {
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()))
    await wipe()
  })

  async function queues(tuning?: QueueTuning): Promise<Queues> {
    const made = await createQueues(config, log, tuning)
    opened.push(made)
    return made
  }

  function worker(handler: JobHandler<'evaluate'>, concurrency = 4): QueueWorker {
    const made = createWorker('evaluate', handler, { config, log, concurrency })
    opened.push(made)
    return made
  }

  test('a wake-up reaches a worker with its ids', async () => {
    const { enqueue } = await queues()
    const handler = vi.fn<JobHandler<'evaluate'>>(() => Promise.resolve())
    worker(handler)
    await enqueue('evaluate', wakeUp('outbox-1'))
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), SOON)
    expect(handler).toHaveBeenCalledWith({
      id: 'outbox-1',
      data: { requestId: 'req_outbox-1', outboxId: '1' },
      attempt: 1,
    })
  })

  test('each queue has its own jobs', async () => {
    const { enqueue, depth } = await queues()
    const handler = vi.fn(() => Promise.resolve())
    opened.push(createWorker('clock', handler, { config, log }))
    await enqueue('evaluate', wakeUp('outbox-1'))
    await enqueue('clock', { id: 'clock-1', data: { task: 'tick' } })
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), SOON)
    expect((await depth()).evaluate).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 })
  })

  test('a hundred wake-ups among two workers each run once', async () => {
    const { enqueue, depth } = await queues()
    const seen: string[] = []
    const note: JobHandler<'evaluate'> = ({ id }) => {
      seen.push(id)
      return Promise.resolve()
    }
    worker(note)
    worker(note)
    const ids = Array.from({ length: 100 }, (_, index) => `outbox-${index}`)
    await Promise.all(ids.map((id) => enqueue('evaluate', wakeUp(id))))
    await vi.waitFor(async () => {
      const { waiting, active } = (await depth()).evaluate
      expect(waiting + active).toBe(0)
    }, SOON)
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  test('enqueuing the same wake-up again is harmless, and its name is free once it ran', async () => {
    const { enqueue, depth } = await queues()
    await Promise.all(Array.from({ length: 10 }, () => enqueue('evaluate', wakeUp('outbox-1'))))
    expect((await depth()).evaluate.waiting).toBe(1)
    const handler = vi.fn(() => Promise.resolve())
    worker(handler)
    await vi.waitFor(async () => {
      expect(handler).toHaveBeenCalledOnce()
      expect((await depth()).evaluate).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 })
    }, SOON)
    await enqueue('evaluate', wakeUp('outbox-1'))
    await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(2), SOON)
  })

  test('a failing wake-up is tried again after a pause, and succeeds in the end', async () => {
    const { enqueue, depth } = await queues({
      attempts: 4,
      backoff: { type: 'exponential', delay: 50 },
    })
    const startedAt: number[] = []
    worker(({ attempt }) => {
      startedAt.push(performance.now())
      return attempt < 4 ? Promise.reject(new Error('not yet')) : Promise.resolve()
    })
    await enqueue('evaluate', wakeUp('outbox-1'))
    await vi.waitFor(async () => {
      expect(startedAt).toHaveLength(4)
      expect((await depth()).evaluate).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 })
    }, SOON)
    const pauses = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0))
    // Timers may fire a millisecond early.
    expect(pauses.map((pauseMs, index) => pauseMs >= 50 * 2 ** index - 2)).toEqual([
      true,
      true,
      true,
    ])
  })

  test('a wake-up that keeps failing becomes a dead letter that people see and can retry', async () => {
    const { enqueue, depth, failed, retryFailed, retryOne } = await queues(FAST_RETRIES)
    let isBroken = true
    const attempts: number[] = []
    worker(({ attempt }) => {
      attempts.push(attempt)
      return isBroken
        ? Promise.reject(new Error(`\n  the policy cannot be read\nat ${'x'.repeat(500)}`))
        : Promise.resolve()
    })
    await enqueue('evaluate', wakeUp('outbox-1'))
    await vi.waitFor(async () => expect((await depth()).evaluate.failed).toBe(1), SOON)
    expect(attempts).toEqual([1, 2, 3])
    const [letter, ...others] = await failed()
    expect(others).toEqual([])
    expect(letter).toMatchObject({
      queue: 'evaluate',
      id: 'outbox-1',
      data: { requestId: 'req_outbox-1', outboxId: '1' },
      attempts: 3,
      reason: 'the policy cannot be read',
    })

    await retryFailed({ failedBefore: (letter?.failedAt ?? 0) - 1 })
    expect((await depth()).evaluate.failed).toBe(1)

    isBroken = false
    expect(await retryOne('evaluate', 'outbox-2')).toBe(false)
    expect(await retryOne('evaluate', 'outbox-1')).toBe(true)
    await vi.waitFor(async () => {
      expect(attempts).toHaveLength(4)
      expect((await depth()).evaluate).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 })
    }, SOON)
    expect(await failed()).toEqual([])
  })

  test('a dead letter keeps no stack of the error', async () => {
    const { enqueue, depth } = await queues({ attempts: 1 })
    worker(() => Promise.reject(new Error(`${'long '.repeat(100)}canary-secret`)))
    await enqueue('evaluate', wakeUp('outbox-1'))
    await vi.waitFor(async () => expect((await depth()).evaluate.failed).toBe(1), SOON)
    const everything = await (config.redisUrl === null
      ? asPostgres(async (client) => (await client.query('SELECT * FROM bullmq.job')).rows)
      : asRedis((client) => client.hgetall('countersign:evaluate:outbox-1')))
    expect(JSON.stringify(everything)).toContain('long long')
    expect(JSON.stringify(everything)).not.toMatch(/canary-secret|queue\.test\.ts/)
  })

  test('the wake-up of a worker that was killed runs again', { timeout: 60_000 }, async () => {
    const { enqueue } = await queues()
    const victim = spawn(
      process.execPath,
      ['--import', 'tsx', HANGING_WORKER, JSON.stringify(config)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    opened.push({ close: () => Promise.resolve(void victim.kill('SIGKILL')) })
    await enqueue('evaluate', wakeUp('outbox-1'))
    const [line] = (await once(victim.stdout, 'data')) as [Buffer]
    expect(line.toString()).toBe('outbox-1\n')

    const handler = vi.fn<JobHandler<'evaluate'>>(() => Promise.resolve())
    worker(handler)
    const gone = once(victim, 'exit')
    victim.kill('SIGKILL')
    await gone
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), { ...SOON, timeout: 30_000 })
    // A crash is not counted as a failed attempt.
    expect(handler.mock.calls[0]?.[0]).toMatchObject({ id: 'outbox-1', attempt: 1 })
  })

  test('a closing worker finishes its running job and takes no more', async () => {
    const { enqueue, depth } = await queues()
    const ran: string[] = []
    let finish: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    const closing = worker(async ({ id }) => {
      ran.push(`${id} began`)
      await held
      ran.push(`${id} ended`)
    }, 1)
    await enqueue('evaluate', wakeUp('outbox-1'))
    await enqueue('evaluate', wakeUp('outbox-2'))
    await vi.waitFor(() => expect(ran).toEqual(['outbox-1 began']), SOON)
    const closed = closing.close()
    finish()
    await closed
    expect(ran).toEqual(['outbox-1 began', 'outbox-1 ended'])
    expect((await depth()).evaluate).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 })
  })

  test('a worker whose job does not end is cut off, and the job runs elsewhere', {
    timeout: 60_000,
  }, async () => {
    const { enqueue } = await queues()
    const stuck = vi.fn(() => new Promise<never>(() => undefined))
    const cutOff = createWorker('evaluate', stuck, { config, log, drainMs: 100 })
    await enqueue('evaluate', wakeUp('outbox-1'))
    await vi.waitFor(() => expect(stuck).toHaveBeenCalledOnce(), SOON)
    await cutOff.close()
    const handler = vi.fn(() => Promise.resolve())
    worker(handler)
    await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), { ...SOON, timeout: 30_000 })
  })

  test('queues and workers come back by themselves when their connections are cut', async () => {
    const { enqueue, depth } = await queues()
    const ran = new Set<string>()
    worker(({ id }) => {
      ran.add(id)
      return Promise.resolve()
    })
    for (const id of ['outbox-1', 'outbox-2', 'outbox-3']) {
      // A cut operation fails; the outbox offers it again, and so does this.
      await vi.waitFor(() => enqueue('evaluate', wakeUp(id)), SOON)
      await vi.waitFor(() => expect(ran).toContain(id), SOON)
      await cutConnections()
    }
    await vi.waitFor(() => depth(), SOON)
  })
})
