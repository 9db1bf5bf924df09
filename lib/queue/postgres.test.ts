import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { createLog } from '#lib/log'
import { testDatabase } from '../../test/database'
import { createQueues } from './create-queues'
import { createWorker } from './create-worker'
import type { QueueConfig } from './types'

const { url, name } = await testDatabase({ migrated: false })
const log = createLog({ logLevel: 'silent' })
const SOON = { timeout: 15_000, interval: 20 }
const WAKE_UP = { id: 'outbox-1', data: { requestId: 'req_1', outboxId: '1' } }
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()))
})

function config(databaseUrl: string): QueueConfig {
  return { databaseUrl, redisUrl: null }
}

async function run(...statements: string[]): Promise<pg.QueryResult | undefined> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let last: pg.QueryResult | undefined
    for (const statement of statements) last = await client.query(statement)
    return last
  } finally {
    await client.end()
  }
}

async function open(databaseUrl: string) {
  const queues = await createQueues(config(databaseUrl), log)
  opened.push(queues)
  return queues
}

test('several processes that start at once make the schema once', async () => {
  const all = await Promise.all([1, 2, 3, 4].map(() => open(url)))
  expect(await Promise.all(all.map(({ isReady }) => isReady()))).toEqual([true, true, true, true])
  const tables = await run(
    `SELECT 1 FROM pg_tables WHERE schemaname = 'bullmq' AND tablename = 'job'`,
  )
  expect(tables?.rowCount).toBe(1)
})

test('a role that may not create anything works once the schema is there', async () => {
  await open(url)
  const role = `app_${name}`
  await run(
    `CREATE ROLE ${role} LOGIN PASSWORD 'secret'`,
    `GRANT USAGE ON SCHEMA bullmq TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${role}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA bullmq TO ${role}`,
  )
  const limited = new URL(url)
  limited.username = role
  limited.password = 'secret'
  const { enqueue } = await open(limited.href)
  const handler = vi.fn(() => Promise.resolve())
  opened.push(createWorker('evaluate', handler, { config: config(limited.href), log }))
  await enqueue('evaluate', WAKE_UP)
  await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), SOON)
  await Promise.all(opened.splice(0).map((one) => one.close()))
  await run(`DROP OWNED BY ${role}`, `DROP ROLE ${role}`)
})

test('start does not wait for a database that is down; nothing crashes and nothing is handed over', async () => {
  const nobody = new URL(url)
  nobody.port = '1'
  const { enqueue, isReady, depth } = await open(nobody.href)
  opened.push(
    createWorker('evaluate', () => Promise.resolve(), { config: config(nobody.href), log }),
  )
  expect(await isReady()).toBe(false)
  await expect(enqueue('evaluate', WAKE_UP)).rejects.toThrow()
  await expect(depth()).rejects.toThrow()
})

test('a database that refuses connections for a while is waited for', async () => {
  const { enqueue, isReady } = await open(url)
  const handler = vi.fn(() => Promise.resolve())
  opened.push(createWorker('evaluate', handler, { config: config(url), log }))
  await vi.waitFor(() => enqueue('evaluate', WAKE_UP), SOON)
  await vi.waitFor(() => expect(handler).toHaveBeenCalledOnce(), SOON)

  const template = new URL(url)
  template.pathname = '/postgres'
  const admin = new pg.Client({ connectionString: template.href })
  await admin.connect()
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ])
  await expect(enqueue('evaluate', { ...WAKE_UP, id: 'outbox-2' })).rejects.toThrow()
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  await admin.end()

  expect(await isReady()).toBe(true)
  await vi.waitFor(() => enqueue('evaluate', { ...WAKE_UP, id: 'outbox-2' }), SOON)
  await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(2), SOON)
})
