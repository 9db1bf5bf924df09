import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { type Fault, faultProxy } from '../test/fault-proxy'
import { world } from '../test/world'
import { ActionError, type Contract, Countersign, CountersignError, guard } from './index'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const proxy = await faultProxy(api.url)
afterEach(() => proxy.forget())

const OPTIONS = {
  url: proxy.url,
  agentKey: w.agent.key,
  runtimeKey: w.runtimeKey.key,
  audience: 'deploy-runner',
  environment: 'staging',
  issuer: w.runtime.installation.domain,
  maxTries: 2,
}
const client = new Countersign(OPTIONS)
const contractOf = (goal: string): Contract => ({
  goal,
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
})
const json = (body: unknown): Fault => ({ status: 200, body: JSON.stringify(body) })

async function failure(promise: Promise<unknown>): Promise<unknown> {
  const [settled] = await Promise.allSettled([promise])
  if (settled?.status === 'rejected') return settled.reason
  throw new Error('nothing was thrown')
}

async function grantOf(goal: string) {
  const { id } = await w.runtime.db.request.findFirstOrThrow({ where: { goal } })
  return await w.runtime.db.grant.findUniqueOrThrow({ where: { requestId: id } })
}

/** A server that answers each call with these bytes, over and over, and counts how many it could send. */
async function flood(chunk: string) {
  let sent = 0
  let calls = 0
  const server = createServer((_, response) => {
    calls += 1
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length
    }
    response.on('drain', more).on('error', () => undefined)
    more()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, sent: () => sent, calls: () => calls }
}

describe('an answer', () => {
  it('that does not end is cut off, and not asked for again', async () => {
    const endless = await flood(' '.repeat(64 * 1024))
    const flooded = new Countersign({ ...OPTIONS, url: endless.url })
    expect(await failure(flooded.get('req_1'))).toMatchObject({
      code: 'unreadable_answer',
      requestId: 'req_1',
    })
    expect(endless.calls()).toBe(1)
    expect(endless.sent()).toBeLessThan(64 * 1024 * 1024)
  })

  it.each([
    ['nothing', {}],
    ['a list', []],
    ['no state', { request_id: 'req_1', contract_digest: 'x', issues: [], requirements: [] }],
    ['a release without a grant', { state: 'released', grant: null }],
    ['a rejection without its reason', { state: 'rejected', verdict: 'DEFER', closed: null }],
    ['another request', { request_id: 'req_1' }],
  ])('about %s is not taken for a request', async (_, changes) => {
    const real = await client.request(contractOf('Odd answers'))
    const isPart = !Array.isArray(changes) && !('issues' in changes) && Object.keys(changes).length
    const body = isPart ? { ...real, ...changes } : changes
    proxy.fail(real.request_id, json(body), json(body))
    expect(await failure(client.get(real.request_id))).toMatchObject({
      name: 'CountersignError',
      code: 'unreadable_answer',
      requestId: real.request_id,
    })
  })

  it('with another request than was waited for runs nothing', async () => {
    const run = vi.fn()
    const handle = { v: 1 as const, run_key: null, contract_digest: null }
    const asked = await client.request(contractOf('Asked for'))
    const other = await client.request(contractOf('Another'))
    proxy.fail(asked.request_id, json({ ...asked, state: 'open', verdict: 'DEFER' }), json(other))
    const guarded = guard(client, contractOf('Asked for'), run, {
      handle: { ...handle, request_id: asked.request_id },
    })
    expect(await failure(guarded)).toMatchObject({ code: 'unreadable_answer' })
    expect(run).not.toHaveBeenCalled()
  })

  it('without a token, or with one that does not verify, names the request that it is about', async () => {
    for (const [at, token] of ['x.y.z', undefined].entries()) {
      const run = vi.fn()
      proxy.fail('/token', json({ token }))
      const error = await failure(guard(client, contractOf(`Odd token ${at}`), run))
      expect(error).toBeInstanceOf(CountersignError)
      const { requestId } = await grantOf(`Odd token ${at}`)
      expect(error).toMatchObject({ code: expect.any(String), requestId })
      expect(run).not.toHaveBeenCalled()
    }
  })

  it('from keys that cannot be read names the request too', async () => {
    for (const body of ['{"keys":[null]}', '{"keys":7}', '<html>']) {
      const fresh = new Countersign(OPTIONS)
      proxy.fail('/jwks.json', { status: 200, body })
      const goal = `Keys ${body}`
      const error = await failure(guard(fresh, contractOf(goal), vi.fn()))
      const { requestId } = await grantOf(goal)
      expect(error).toMatchObject({
        name: 'CountersignError',
        code: 'unreadable_answer',
        requestId,
      })
    }
  })

  it('of any 5xx is asked for again', async () => {
    proxy.fail('/v1/requests', { status: 522 })
    expect(await client.request(contractOf('Behind a gateway'))).toMatchObject({
      state: 'released',
    })
  })
})

describe('a redemption whose answer was lost', () => {
  it.each<[string, Fault]>([
    ['the server was overloaded', { status: 503, body: problem(503, 'unavailable') }],
    ['it was asked too often', { status: 429, body: problem(429, 'too_many_requests') }],
    ['the key was withdrawn', { status: 401, body: problem(401, 'unauthenticated') }],
  ])('is told as unknown also where %s when it was asked for again', async (goal, fault) => {
    const run = vi.fn()
    proxy.fail('/redeem', 'answer_lost', fault)
    expect(await failure(guard(client, contractOf(goal), run))).toBeInstanceOf(CountersignError)
    expect(run).not.toHaveBeenCalled()
    expect(await grantOf(goal)).toMatchObject({ state: 'reported', outcome: 'unknown' })
  })
})

function problem(status: number, code: string): string {
  return JSON.stringify({ type: `urn:x:${code}`, title: code, detail: code, status, code })
}

describe('the outcome', () => {
  const odd: [string, unknown, string][] = [
    ['no text at all', Object.create(null), 'failed'],
    ['an error whose message is none', Object.assign(new Error('x'), { message: 42 }), 'failed'],
    ['nothing', undefined, 'failed'],
    ['an empty error', new Error(''), 'failed'],
    [
      'a success that it cannot say by throwing',
      new ActionError('succeeded' as never, 'x'),
      'unknown',
    ],
  ]
  it.each(odd)(
    'is reported where the function throws %s, and that is thrown',
    async (goal, thrown, outcome) => {
      const run = () => Promise.reject(thrown)
      expect(await failure(guard(client, contractOf(goal), run))).toBe(thrown)
      expect(await grantOf(goal)).toMatchObject({ state: 'reported', outcome })
    },
  )

  it('is reported without the keys and tokens that an error may hold', async () => {
    const goal = 'Talkative'
    const run = () => Promise.reject(new Error(`sent Bearer ${w.runtimeKey.key}`))
    await failure(guard(client, contractOf(goal), run))
    expect(await grantOf(goal)).toMatchObject({ outcomeDetail: 'sent Bearer [key]' })
  })
})

it('a wait lives through a maintenance that says to come back in minutes', async () => {
  const { request_id: id } = await client.request({
    ...contractOf('Maintenance'),
    tools: ['deploy.production'],
    arguments: { 'deploy.production': {} },
  })
  proxy.fail(id, { status: 503, headers: { 'retry-after': '600' } })
  expect(await failure(client.waitFor(id, { timeoutMs: 1_000 }))).toMatchObject({
    name: 'WaitTimeoutError',
  })
})

it.each(['-1', '99999999999999999999999', '1e9', 'soon', '', 'Fri, 01 Jan 9999 00:00:00 GMT'])(
  'a Retry-After of %j neither hangs a call nor makes it hammer',
  async (retryAfter) => {
    const { length } = proxy.calls('/v1/requests')
    const fault: Fault = { status: 503, headers: { 'retry-after': retryAfter } }
    proxy.fail('/v1/requests', fault, fault, fault, fault)
    await failure(client.request(contractOf('Come back')))
    expect(proxy.calls('/v1/requests').length - length).toBeLessThanOrEqual(2)
  },
)
