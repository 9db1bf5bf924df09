import { expect, it } from 'vitest'
import { createQueues } from '#lib/queue/create-queues'
import { createWorker } from '#lib/queue/create-worker'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { startRedis } from '../redis'
import { submit, world } from '../world'

const TOKEN = 'a token for whoever scrapes'
const { url } = await testDatabase()
const w = await world(url, { env: { METRICS_TOKEN: TOKEN } })
const { serve, ask, listener } = apiOf(w.runtime)

it('/metrics tells what is held, what waits and what the process uses, in the format of Prometheus', async () => {
  const requestId = await submit(w)
  await submit(w)
  const gone = new AbortController()
  const waiting = listener.wait(requestId, { timeoutMs: 60_000, signal: gone.signal })
  const { port } = await serve()
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  gone.abort()
  await waiting
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await answer.text()
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line): [string, number] => {
        const [name = '', value = ''] = line.split(' ')
        return [name, Number(value)]
      }),
  )
  expect(values.get('countersign_requests_held')).toBe(2)
  expect(values.get('countersign_long_polls_waiting')).toBe(1)
  expect(values.get('countersign_grants{state="ready"}')).toBe(0)
  expect(values.get('countersign_process_memory_bytes{kind="resident"}')).toBeGreaterThan(1e6)
  for (const [name, value] of values) expect([name, Number.isFinite(value)]).toEqual([name, true])
  for (const line of text.trim().split('\n')) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) countersign_\w+ .+|countersign_\w+(\{\w+="\w+"(,\w+="\w+")*\})? [\d.e-]+)$/,
    )
  }
  expect(text).not.toContain(requestId)
})

it('/metrics tells what waits in each queue and what became a dead letter, and says so when the queue cannot be asked', async () => {
  const redis = await startRedis()
  const config = { ...w.runtime.config, redisUrl: redis.url }
  const { port } = await apiOf({ ...w.runtime, config }).serve()
  const told = async () => {
    const headers = { authorization: `Bearer ${TOKEN}` }
    return await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text()
  }
  const queues = await createQueues(config, w.runtime.log, { attempts: 1 })
  await queues.enqueue('evaluate', { id: 'outbox-1', data: { requestId: 'req_1', outboxId: '1' } })
  await queues.enqueue('webhook', { id: 'webhook-1', data: { deliveryId: '1' } })
  const failing = createWorker('webhook', () => Promise.reject(new Error('no')), {
    config,
    log: w.runtime.log,
  })
  await expect.poll(async () => (await queues.failed()).length).toBe(1)
  await failing.close()
  await queues.close()
  const text = await told()
  expect(text).toContain('countersign_queue_up 1\n')
  expect(text).toContain('countersign_queue_jobs{queue="evaluate",state="waiting"} 1\n')
  expect(text).toContain('countersign_queue_jobs{queue="webhook",state="waiting"} 0\n')
  expect(text).toContain('countersign_queue_jobs{queue="webhook",state="failed"} 1\n')
  await redis.stop()
  const without = await told()
  expect(without).toContain('countersign_queue_up 0\n')
  expect(without).not.toContain('countersign_queue_jobs')
  expect(without).toContain('countersign_requests_held ')
})

it('/metrics answers nobody without the token, and no key of a caller', async () => {
  for (const key of [undefined, w.agent.key, w.runtimeKey.key, `${TOKEN}!`]) {
    const told = await ask('GET', '/metrics', { ...(key !== undefined && { key }) })
    expect(told).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  }
})

it('/metrics is nowhere where no token is set', async () => {
  const config = { ...w.runtime.config, metricsToken: null }
  const without = apiOf({ ...w.runtime, config })
  expect((await without.ask('GET', '/metrics', { key: TOKEN })).status).toBe(404)
})
