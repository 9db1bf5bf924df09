import { expect, it } from 'vitest'
import { createLog } from '#lib/log'
import type { Runtime } from '#lib/runtime'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { world } from '../world'
import { anotherCaller, collect, released } from './steps'

const { url } = await testDatabase()
const w = await world(url, { env: { METRICS_TOKEN: 'a token for whoever scrapes' } })
const { ask } = apiOf(w.runtime)
const INSTANCE = /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NONCE = 'at least sixteen characters'

it('every refusal names itself: also before anybody is known, and each anew', async () => {
  const runner = { key: w.runtimeKey.key }
  const told = await Promise.all([
    ask('GET', '/v1/requests'),
    ask('GET', '/v1/requests'),
    ask('POST', '/check', { body: '{}', headers: { 'x-api-key': 'wrong' } }),
    ask('GET', '/metrics'),
    ask('GET', '/v1/nothing'),
    ask('DELETE', '/v1/requests'),
    ask('POST', '/v1/requests', { ...runner, body: '{}' }),
    ask('POST', '/v1/tokens/redeem', { ...runner, body: '{' }),
    ask('POST', '/v1/tokens/redeem', {
      ...runner,
      body: { token: 'a.b.c', nonce: NONCE, environment: null },
    }),
  ])
  expect(told.map(({ status }) => status)).toEqual([401, 401, 401, 401, 404, 405, 403, 400, 400])
  for (const { body } of told)
    expect(body).toMatchObject({ instance: expect.stringMatching(INSTANCE) })
  expect(new Set(told.map(({ body }) => body['instance'])).size).toBe(told.length)
  // A request that was not named is not made up.
  for (const { body } of told) expect(body).not.toHaveProperty('request_id')
})

it('a fault is in the log under the name that its caller was told', async () => {
  const lines: string[] = []
  const log = createLog({ logLevel: 'error' }, { write: (line: string) => lines.push(line) })
  const db = new Proxy(w.runtime.db, {
    get: (target, name) => {
      if (name === '$queryRaw') return () => Promise.reject(new Error('a fault of ours'))
      return Reflect.get(target, name) as unknown
    },
  })
  const runtime: Runtime = { ...w.runtime, db, log }
  const { status, body } = await apiOf(runtime).ask('GET', '/v1/requests', { key: w.agent.key })
  expect([status, body['code']]).toEqual([500, 'internal'])
  expect(body['instance']).toMatch(INSTANCE)
  expect(lines.join('')).toContain(String(body['instance']))
  expect(JSON.stringify(body)).not.toContain('a fault of ours')
})

it('a token that we signed names its request, also when it is late or for another audience; any other names none', async () => {
  const requestId = await released(w)
  const token = await collect(w, requestId)
  const other = await anotherCaller(w, 'for another audience')
  await w.runtime.db.caller.update({
    where: { id: other.callerId },
    data: { audience: 'billing-runner' },
  })
  const late = apiOf({ ...w.runtime, now: () => Date.now() + 10 * 60_000 })
  const redeem = (from: typeof ask, key: string, sent: string) =>
    from('POST', '/v1/tokens/redeem', {
      key,
      body: { token: sent, nonce: NONCE, environment: 'production' },
    })
  expect((await redeem(late.ask, w.runtimeKey.key, token)).body).toMatchObject({
    code: 'expired',
    request_id: requestId,
  })
  expect((await redeem(ask, other.runtime.key, token)).body).toMatchObject({
    code: 'audience_mismatch',
    request_id: requestId,
  })
  const [header, payload, signature = ''] = token.split('.')
  const turned = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
  const forged = await redeem(ask, w.runtimeKey.key, [header, payload, turned].join('.'))
  expect(forged.body).toMatchObject({ code: 'token_invalid', meta: { reason: 'signature' } })
  expect(forged.body).not.toHaveProperty('request_id')
})
