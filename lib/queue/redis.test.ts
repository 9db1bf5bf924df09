import { Redis } from 'ioredis'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { createLog } from '#lib/log'
import { startRedis, type TestRedis } from '../../test/redis'
import { createQueues } from './create-queues'
import { createWorker } from './create-worker'
import { type QueueConfig, QueueRefused } from './types'

const log = createLog({ logLevel: 'silent' })
const SOON = { timeout: 15_000, interval: 20 }
const WAKE_UP = { id: 'outbox-1', data: { requestId: 'req_1', outboxId: '1' } }

const keeping = await startRedis()
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
  await administer((client) => client.config('SET', 'maxmemory-policy', 'noeviction'))
  await administer((client) => client.flushall())
})
afterAll(() => keeping.stop())

function config(redisUrl: string): QueueConfig {
  return { databaseUrl: 'postgresql://unused.invalid/none', redisUrl }
}

async function administer<T>(work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(keeping.url)
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

/** A user of the server that lacks these commands. */
async function userWithout(name: string, ...commands: string[]): Promise<string> {
  const rules = ['on', '>secret', '~*', '&*', '+@all', ...commands.map((command) => `-${command}`)]
  await administer((client) => client.call('ACL', 'SETUSER', name, 'reset', ...rules))
  const url = new URL(keeping.url)
  url.username = name
  url.password = 'secret'
  return url.href
}

async function open(redisUrl: string) {
  const queues = await createQueues(config(redisUrl), log)
  opened.push(queues)
  return queues
}

/** A server of the test's own, for what must not happen to the shared one. */
async function own(policy = 'noeviction'): Promise<TestRedis> {
  const server = await startRedis({ 'maxmemory-policy': policy, maxmemory: '20mb' })
  opened.push({ close: () => server.stop() })
  return server
}

test.each(['allkeys-lru', 'volatile-ttl'])(
  'a Redis that evicts (%s) is refused at start',
  async (policy) => {
    const server = await own(policy)
    const start = createQueues(config(server.url), log)
    await expect(start).rejects.toThrow(QueueRefused)
    await expect(start).rejects.toThrow(
      `Redis may throw jobs away: its maxmemory-policy is ${policy}. Set it to noeviction`,
    )
  },
)

test('where CONFIG is forbidden, INFO tells the policy', async () => {
  const url = await userWithout('no-config', 'config')
  expect(await (await open(url)).isReady()).toBe(true)
  await administer((client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'))
  await expect(createQueues(config(url), log)).rejects.toThrow(
    'its maxmemory-policy is allkeys-lru',
  )
})

test('a Redis that does not tell its policy is refused', async () => {
  const url = await userWithout('silent', 'config', 'info')
  await expect(createQueues(config(url), log)).rejects.toThrow(QueueRefused)
  await expect(createQueues(config(url), log)).rejects.toThrow(
    'Redis does not tell its maxmemory-policy',
  )
})

test('a worker takes no job from a Redis that evicts, and starts once that is mended', async () => {
  const server = await own('allkeys-lru')
  const handler = vi.fn(() => Promise.resolve())
  const warned = vi.fn()
  opened.unshift(
    createWorker('evaluate', handler, {
      config: config(server.url),
      log: { warn: warned, error: warned },
    }),
  )
  await vi.waitFor(() => expect(warned).toHaveBeenCalled(), SOON)
  expect(warned.mock.calls[0]?.[0]).toMatchObject({ err: expect.any(QueueRefused) })
  const client = new Redis(server.url)
  await client.config('SET', 'maxmemory-policy', 'noeviction')
  client.disconnect()
  const queues = await createQueues(config(server.url), log)
  opened.unshift(queues)
  await queues.enqueue('evaluate', WAKE_UP)
  await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), SOON)
})

test('a Redis that answers differently after a reconnect gets no more jobs until it is mended', async () => {
  const { enqueue, isReady } = await open(keeping.url)
  await enqueue('evaluate', WAKE_UP)
  await administer(async (client) => {
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal')
  })
  await vi.waitFor(
    () => expect(enqueue('evaluate', WAKE_UP)).rejects.toThrow('Redis may throw jobs away'),
    SOON,
  )
  expect(await isReady()).toBe(false)
  await administer((client) => client.config('SET', 'maxmemory-policy', 'noeviction'))
  await vi.waitFor(() => enqueue('evaluate', WAKE_UP), SOON)
})

test('start does not wait for a Redis that is down; nothing crashes and nothing is handed over', async () => {
  const nobody = 'redis://127.0.0.1:1'
  const { enqueue, isReady, depth } = await open(nobody)
  opened.push(createWorker('evaluate', () => Promise.resolve(), { config: config(nobody), log }))
  expect(await isReady()).toBe(false)
  await expect(enqueue('evaluate', WAKE_UP)).rejects.toThrow('Redis is not connected')
  await expect(depth()).rejects.toThrow('Redis is not connected')
})

test('a Redis that dies under running queues and workers is told of, and both still close', async () => {
  const server = await own()
  const { enqueue, isReady } = await open(server.url)
  const handler = vi.fn(() => Promise.resolve())
  opened.push(createWorker('evaluate', handler, { config: config(server.url), log }))
  await enqueue('evaluate', WAKE_UP)
  await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), SOON)
  await server.stop()
  await vi.waitFor(async () => expect(await isReady()).toBe(false), SOON)
  await expect(enqueue('evaluate', { ...WAKE_UP, id: 'outbox-2' })).rejects.toThrow()
})

test('a Redis that hangs makes an operation fail within seconds', { timeout: 30_000 }, async () => {
  const server = await own()
  const { enqueue, isReady } = await open(server.url)
  await enqueue('evaluate', WAKE_UP)
  process.kill(server.pid, 'SIGSTOP')
  await expect(enqueue('evaluate', { ...WAKE_UP, id: 'outbox-2' })).rejects.toThrow()
  process.kill(server.pid, 'SIGCONT')
  await vi.waitFor(async () => expect(await isReady()).toBe(true), SOON)
  await vi.waitFor(() => enqueue('evaluate', { ...WAKE_UP, id: 'outbox-2' }), SOON)
})
