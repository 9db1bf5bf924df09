import { afterEach, describe, expect, it } from 'vitest'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { faultProxy } from '../test/fault-proxy'
import { reject } from '../test/settle'
import { world } from '../test/world'
import { ClosedError, Countersign, RefusedError, type RequestSummary } from './index'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const proxy = await faultProxy(api.url)
const client = new Countersign({ url: proxy.url, agentKey: w.agent.key })
afterEach(() => proxy.forget())

const held = (goal: string) =>
  client.request({ goal, tools: ['deploy.production'], arguments: { 'deploy.production': {} } })

async function all(items: AsyncIterable<RequestSummary>): Promise<string[]> {
  const ids: string[] = []
  for await (const { request_id } of items) ids.push(request_id)
  return ids
}

describe('list', () => {
  it('gives every request once, newest first, page after page', async () => {
    const ids: string[] = []
    for (const goal of ['one', 'two', 'three', 'four', 'five']) {
      ids.unshift((await held(goal)).request_id)
    }
    const [newest = ''] = ids
    await client.cancel(newest)
    const before = proxy.calls('/v1/requests').length
    expect(await all(client.list({ limit: 2 }))).toEqual(ids)
    expect(proxy.calls('/v1/requests')).toHaveLength(before + 3)
    expect(await all(client.list({ limit: 2, state: 'open' }))).toEqual(ids.slice(1))
    expect(await all(client.list({ state: 'cancelled' }))).toEqual([newest])
    expect(await all(client.list({ state: 'released' }))).toEqual([])
  })

  it('goes on from a cursor, tries again, and asks for no more than is wanted', async () => {
    const whole = await all(client.list({ limit: 2 }))
    proxy.fail('/v1/requests', 'connection_lost', { status: 503 })
    const before = proxy.calls('/v1/requests').length
    let cursor: string | null = null
    for await (const page of client.list({ limit: 2 }).pages()) {
      cursor = page.next_cursor
      break
    }
    expect(proxy.calls('/v1/requests')).toHaveLength(before + 3)
    expect(await all(client.list({ limit: 2, cursor: String(cursor) }))).toEqual(whole.slice(2))
  })

  it('ends with its signal, between pages and before the first', async () => {
    const reason = new Error('no longer wanted')
    const controller = new AbortController()
    const { signal } = controller
    const reading = async () => {
      for await (const _ of client.list({ limit: 1, signal })) controller.abort(reason)
    }
    await expect(reading()).rejects.toBe(reason)
    await expect(all(client.list({ signal }))).rejects.toBe(reason)
  })
})

describe('addEvidence', () => {
  const evidence = { type: 'note', body: { text: 'The backup of 09:00 was restored.' } } as const

  it('refuses what the policy does not take from callers, and what is closed', async () => {
    const { request_id: id } = await held('evidence')
    await expect(client.addEvidence(id, evidence)).rejects.toMatchObject({
      code: 'evidence_not_allowed',
      requestId: id,
    })
    await client.cancel(id)
    await expect(client.addEvidence(id, evidence)).rejects.toThrow(ClosedError)
  })
})

describe('cancel', () => {
  it('is done although its answer was lost, and is refused where something else was first', async () => {
    const { request_id: id } = await held('taken back')
    proxy.fail('/cancel', 'answer_lost')
    expect(await client.cancel(id)).toMatchObject({ request_id: id, state: 'cancelled' })
    const { request_id: rejected } = await held('rejected first')
    await reject(w, rejected, 'No.')
    await expect(client.cancel(rejected)).rejects.toThrow(ClosedError)
  })
})

describe('a 409', () => {
  it('that says when to come back is in flight, and is asked again', async () => {
    const headers = { 'retry-after': '0' }
    proxy.fail('/v1/requests', { status: 409, headers }, { status: 409, headers })
    expect(await held('in flight')).toMatchObject({ state: 'open' })
  })

  it('that does not is an answer, as all of Countersign’s own are', async () => {
    const { request_id: id } = await held('final')
    const before = proxy.calls('/cancel').length
    proxy.fail('/cancel', { status: 409 })
    await expect(client.cancel(id)).rejects.toMatchObject({ code: 'unreadable_answer' })
    const problem = { status: 409, code: 'odd', title: 'Odd', detail: 'Odd.', disposition: 'burn' }
    proxy.fail('/cancel', {
      status: 409,
      headers: { 'retry-after': '0' },
      body: JSON.stringify(problem),
    })
    await expect(client.cancel(id)).rejects.toThrow(RefusedError)
    expect(proxy.calls('/cancel')).toHaveLength(before + 2)
  })

  it('never comes of submitting a run twice at once: both get the one request', async () => {
    const contract = { goal: 'Twice', tools: ['deploy.production'], run_id: 'twice-at-once' }
    const both = await Promise.all([client.request(contract), client.request(contract)])
    expect(new Set(both.map(({ request_id }) => request_id)).size).toBe(1)
  })
})

it.each([
  ['does not end', { items: [], next_cursor: 'again' }],
  ['has no requests', { next_cursor: null }],
])('a list that %s is an error, not an endless loop', async (_, page) => {
  const client = new Countersign({
    url: 'https://countersign.example',
    agentKey: 'csk_agent_x',
    fetch: () => Promise.resolve(Response.json(page)),
  })
  const read = async () => {
    for await (const _page of client.list().pages());
  }
  await expect(read()).rejects.toMatchObject({ code: 'unreadable_answer' })
})
