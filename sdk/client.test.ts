import { afterEach, describe, expect, it } from 'vitest'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { faultProxy } from '../test/fault-proxy'
import { expire, release } from '../test/settle'
import { world } from '../test/world'
import {
  AlreadyRedeemedError,
  ContractChangedError,
  Countersign,
  CountersignError,
  RefusedError,
  TokenError,
  UnreachableError,
  WaitTimeoutError,
} from './index'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const proxy = await faultProxy(api.url)

const OPTIONS = {
  agentKey: w.agent.key,
  runtimeKey: w.runtimeKey.key,
  audience: 'deploy-runner',
  environment: 'production',
  issuer: w.runtime.installation.domain,
}
const direct = new Countersign({ ...OPTIONS, url: api.url })
const client = new Countersign({ ...OPTIONS, url: proxy.url })

const DEPLOY = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '2026.03.14' } },
}
const STAGING = {
  goal: 'Deploy to staging',
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
}

/** Released without anybody's vote. */
async function allowed() {
  const request = await direct.request(STAGING)
  expect(request).toMatchObject({ verdict: 'ALLOW', state: 'released' })
  return request
}

async function failure<T>(promise: Promise<T>): Promise<unknown> {
  return await promise.then(
    () => {
      throw new Error('nothing was thrown')
    },
    (error: unknown) => error,
  )
}

describe('request', () => {
  it('is held, with issues, and keeps request_id and policy_version', async () => {
    const request = await client.request(w.contract)
    expect(request).toMatchObject({ verdict: 'DEFER', state: 'open' })
    expect(request.issues.map(({ code }) => code)).toContain('approval_missing')
    expect(request.policy_version).toMatch(/^main@\d+\+[0-9a-f]{8}$/)
  })

  it('is submitted once although the first answer is lost', async () => {
    proxy.fail('/v1/requests', 'answer_lost')
    const goal = 'Deploy once, told twice'
    const request = await client.request({ ...DEPLOY, goal })
    const stored = await w.runtime.db.request.findMany({ where: { goal } })
    expect(stored.map(({ id }) => id)).toEqual([request.request_id])
  })

  it('with neither key nor run_id is a new request each time', async () => {
    const [one, other] = await Promise.all([client.request(DEPLOY), client.request(DEPLOY)])
    expect(one.request_id).not.toBe(other.request_id)
  })

  it('of a run that is known is the same request, and another contract under its name is refused', async () => {
    const first = await client.request({ ...DEPLOY, run_id: 'run-7' })
    const again = await client.request({ ...DEPLOY, run_id: 'run-7' })
    expect(again.request_id).toBe(first.request_id)
    const error = await failure(
      client.request({ ...DEPLOY, goal: 'Other', run_id: 'run-7' }, { idempotencyKey: 'run-7' }),
    )
    expect(error).toBeInstanceOf(RefusedError)
    expect(error).toMatchObject({ code: 'run_reused', status: 409 })
  })

  it('that is not JSON is not sent: nothing is folded on the way', async () => {
    const before = proxy.calls('/v1/requests').length
    for (const odd of [Number.NaN, new Date(0), '\ud800', undefined]) {
      const contract = { ...DEPLOY, context: { odd: odd as never } }
      await expect(client.request(contract)).rejects.toThrow(TypeError)
    }
    expect(proxy.calls('/v1/requests')).toHaveLength(before)
  })

  it('that is wrong is told by field', async () => {
    const error = await failure(client.request({ goal: '', tools: [] }))
    expect(error).toMatchObject({ name: 'InvalidError', status: 400 })
    const { errors } = (error as RefusedError).problem
    expect(errors?.map(({ path }) => path)).toEqual(['/goal', '/tools'])
  })
})

describe('retries', () => {
  it('come on a lost connection, 429 and 5xx, and the answer is the real one', async () => {
    proxy.fail('/v1/requests', 'connection_lost', { status: 502 }, { status: 429 })
    expect(await client.request(DEPLOY)).toMatchObject({ state: 'open' })
  })

  it('wait as long as Retry-After says, in seconds or as a date', async () => {
    const inTwoSeconds = () => new Date(Date.now() + 2_000).toUTCString()
    for (const retryAfter of [() => '1', inTwoSeconds]) {
      proxy.fail('/v1/requests', { status: 503, headers: { 'retry-after': retryAfter() } })
      const startedAt = performance.now()
      await client.request(DEPLOY)
      // A date has whole seconds only.
      expect(performance.now() - startedAt).toBeGreaterThan(999)
    }
  })

  it('end where Retry-After asks for more than two minutes', async () => {
    proxy.fail('/v1/requests', { status: 503, headers: { 'retry-after': '3600' } })
    expect(await failure(client.request(DEPLOY))).toMatchObject({ code: 'unreadable_answer' })
  })

  it('end after the tries that are allowed', async () => {
    const impatient = new Countersign({ ...OPTIONS, url: proxy.url, maxTries: 2 })
    const before = proxy.calls('/v1/requests').length
    proxy.fail('/v1/requests', 'connection_lost', 'connection_lost')
    const error = await failure(impatient.request(DEPLOY))
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({ code: 'unreachable' })
    expect(proxy.calls('/v1/requests')).toHaveLength(before + 2)
  })

  it('never follow a refusal', async () => {
    const before = proxy.calls('/token').length
    const { request_id: id } = await client.request(DEPLOY)
    const error = await failure(client.collect(id))
    expect(error).toMatchObject({ code: 'not_ready', requestId: id })
    expect(proxy.calls('/token')).toHaveLength(before + 1)
  })

  it('never follow a redirect: the key stays with its origin', async () => {
    const once = new Countersign({ ...OPTIONS, url: proxy.url, maxTries: 1 })
    proxy.fail('/v1/requests', { status: 307, headers: { location: api.url } })
    expect(await failure(once.request(DEPLOY))).toBeInstanceOf(UnreachableError)
  })

  it('are told apart from an answer that nobody can read', async () => {
    proxy.fail('/v1/requests', { status: 200, body: '<html>Sign in to the network</html>' })
    expect(await failure(client.request(DEPLOY))).toMatchObject({ code: 'unreadable_answer' })
  })
})

describe('a signal', () => {
  const reason = new Error('no longer wanted')

  it('that is aborted already sends nothing', async () => {
    const signal = AbortSignal.abort(reason)
    const before = proxy.calls('').length
    const calls = [
      client.request(DEPLOY, { signal }),
      client.get('req_1', { signal }),
      client.waitFor('req_1', { signal }),
      client.cancel('req_1', undefined, { signal }),
      client.collect('req_1', { signal }),
      client.verifyToken('x.y.z', { signal }),
      client.redeem({ token: 'x.y.z' }, { signal }),
      client.report('req_1', 'succeeded', undefined, { signal }),
    ]
    for (const call of calls) await expect(call).rejects.toBe(reason)
    expect(proxy.calls('')).toHaveLength(before)
  })

  it('ends a long poll and a pause between tries at once', async () => {
    const { request_id: id } = await client.request(DEPLOY)
    const waiting = new AbortController()
    const wait = client.waitFor(id, {
      signal: waiting.signal,
      onUpdate: () => waiting.abort(reason),
    })
    await expect(wait).rejects.toBe(reason)
    const pausing = new AbortController()
    proxy.fail('/v1/requests', { status: 503, headers: { 'retry-after': '60' } })
    const paused = client.request(DEPLOY, { signal: pausing.signal })
    await expect.poll(() => proxy.calls('/v1/requests').length).toBeGreaterThan(0)
    pausing.abort(reason)
    await expect(paused).rejects.toBe(reason)
  })
})

describe('waitFor', () => {
  it('tells each change and resolves on the release', async () => {
    const { request_id: id } = await client.request(DEPLOY)
    const states: string[] = []
    const opened = deferred()
    const wait = client.waitFor(id, {
      onUpdate: ({ state }) => {
        states.push(state)
        opened.resolve()
      },
    })
    await opened.promise
    await release(w, id)
    expect(await wait).toMatchObject({ request_id: id, state: 'released', verdict: 'ALLOW' })
    expect(states[0]).toBe('open')
    expect(states.at(-1)).toBe('released')
  })

  it('lives through a restart of the server that outlasts its retries', async () => {
    const patient = new Countersign({ ...OPTIONS, url: api.url, maxTries: 1 })
    const { request_id: id } = await direct.request(DEPLOY)
    const opened = deferred()
    const wait = patient.waitFor(id, { onUpdate: opened.resolve })
    await opened.promise
    await api.close()
    await release(w, id)
    await api.open()
    expect(await wait).toMatchObject({ state: 'released' })
  })

  it('gives up after its time and leaves the request open', async () => {
    const { request_id: id } = await client.request(DEPLOY)
    const error = await failure(client.waitFor(id, { timeoutMs: 300 }))
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error).toMatchObject({ code: 'wait_timeout', requestId: id })
    expect(await client.get(id)).toMatchObject({ state: 'open' })
  })

  it('gives up after its time while nobody answers', async () => {
    const nobody = new Countersign({ ...OPTIONS, url: 'http://127.0.0.1:9' })
    const error = await failure(nobody.waitFor('req_01', { timeoutMs: 300 }))
    expect(error).toBeInstanceOf(WaitTimeoutError)
  })

  it('of what is not there ends at once', async () => {
    const id = w.runtime.newId('req')
    expect(await failure(client.waitFor(id))).toMatchObject({ code: 'not_found', requestId: id })
  })

  it('tells an expiry without naming anybody', async () => {
    const { request_id: id } = await client.request(DEPLOY)
    await expire(w, id)
    const request = await client.waitFor(id)
    expect(request).toMatchObject({ state: 'expired', closed: { by: null } })
  })

  it('does not hammer a server that answers at once without news', async () => {
    const { request_id: id } = await client.request(DEPLOY)
    const answer = JSON.stringify(await client.get(id))
    const before = proxy.calls(id).length
    proxy.fail(id, ...Array.from({ length: 500 }, () => ({ status: 200, body: answer })))
    await failure(client.waitFor(id, { timeoutMs: 1_500 }))
    expect(proxy.calls(id).length - before).toBeLessThan(20)
    proxy.forget()
  })
})

describe('collect and verifyToken', () => {
  it('give the claims of the release', async () => {
    const { request_id: id, contract_digest } = await allowed()
    const { token } = await client.collect(id)
    const { claims } = await client.verifyToken(token)
    expect(claims).toMatchObject({ sub: id, aud: 'deploy-runner', contract_digest })
    expect((await client.collect(id)).token).toBe(token)
  })

  it('refuse a token for another audience, of another issuer, or changed', async () => {
    const { token } = await client.collect((await allowed()).request_id)
    const other = new Countersign({ ...OPTIONS, url: api.url, audience: 'payout-service' })
    expect(await failure(other.verifyToken(token))).toMatchObject({ code: 'audience_mismatch' })
    const { issuer: _issuer, ...rest } = OPTIONS
    const elsewhere = new Countersign({ ...rest, url: api.url })
    expect(await failure(elsewhere.verifyToken(token))).toMatchObject({ code: 'token_invalid' })
    const [header = '', payload = '', signature = ''] = token.split('.')
    const changed = `${header}.${payload.replace(/^./, 'f')}.${signature}`
    expect(await failure(client.verifyToken(changed))).toBeInstanceOf(TokenError)
  })

  it('need no key to verify, and fetch the keys once', async () => {
    const { token } = await direct.collect((await allowed()).request_id)
    const { audience, issuer } = OPTIONS
    const verifier = new Countersign({ url: proxy.url, audience, issuer })
    const before = proxy.calls('/jwks.json').length
    await verifier.verifyToken(token)
    await verifier.verifyToken(token)
    expect(proxy.calls('/jwks.json')).toHaveLength(before + 1)
  })

  it('fetch the keys again for a key they do not know', async () => {
    const { token } = await direct.collect((await allowed()).request_id)
    const verifier = new Countersign({ ...OPTIONS, url: proxy.url })
    await verifier.verifyToken(token)
    const before = proxy.calls('/jwks.json').length
    const [, ...rest] = token.split('.')
    const header = { alg: 'EdDSA', kid: 'a key of yesterday', typ: 'allow+jwt' }
    const foreign = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
    expect(await failure(verifier.verifyToken(foreign))).toBeInstanceOf(TokenError)
    expect(proxy.calls('/jwks.json')).toHaveLength(before + 1)
  })
})

describe('redeem', () => {
  const redemption = (token: string) => ({
    token,
    arguments: STAGING.arguments,
    environment: 'staging',
  })

  it('says ok once; a second time is AlreadyRedeemedError with the request it is about', async () => {
    const { request_id: id } = await allowed()
    const { token } = await client.collect(id)
    expect(await client.redeem(redemption(token))).toMatchObject({ ok: true, replay: false })
    const error = await failure(client.redeem(redemption(token)))
    expect(error).toBeInstanceOf(AlreadyRedeemedError)
    expect(error).toMatchObject({
      code: 'already_redeemed',
      requestId: id,
      disposition: 'leave',
    })
  })

  it('asks again with the same nonce when the answer is lost, and gets the same ok', async () => {
    const { token } = await client.collect((await allowed()).request_id)
    const before = proxy.calls('/redeem').length
    proxy.fail('/redeem', 'answer_lost')
    expect(await client.redeem(redemption(token))).toMatchObject({ ok: true, replay: true })
    const nonces = proxy
      .calls('/redeem')
      .slice(before)
      .map((body) => JSON.parse(body).nonce)
    expect(nonces).toHaveLength(2)
    expect(new Set(nonces).size).toBe(1)
  })

  it('refuses other arguments than were signed, and burns the grant', async () => {
    const { token } = await client.collect((await allowed()).request_id)
    const other = { ...redemption(token), arguments: { 'deploy.staging': { force: true } } }
    const error = await failure(client.redeem(other))
    expect(error).toBeInstanceOf(ContractChangedError)
    expect(error).toMatchObject({ code: 'digest_mismatch', disposition: 'burn' })
    expect(await failure(client.redeem(redemption(token)))).toMatchObject({ code: 'grant_burnt' })
  })

  it('says where it runs, and that must be where the token is for', async () => {
    const { token } = await client.collect((await allowed()).request_id)
    const error = await failure(client.redeem({ token, arguments: STAGING.arguments }))
    expect(error).toMatchObject({ code: 'environment_mismatch', disposition: 'leave' })
  })

  it('takes nothing for an ok but an ok for this request', async () => {
    const { request_id: id } = await allowed()
    const { token } = await client.collect(id)
    const answers = [{ ok: 'true', request_id: id }, { ok: true, request_id: 'req_1' }, {}, null]
    for (const answer of answers) {
      proxy.fail('/redeem', { status: 200, body: JSON.stringify(answer) })
      expect(await failure(client.redeem(redemption(token)))).toBeInstanceOf(CountersignError)
    }
    expect((await direct.get(id)).grant?.state).toBe('collected')
  })
})

describe('report and cancel', () => {
  it('are told, and may be repeated', async () => {
    const { request_id: id } = await allowed()
    const { token } = await client.collect(id)
    await client.redeem({ token, arguments: STAGING.arguments, environment: 'staging' })
    proxy.fail('/outcome', 'answer_lost')
    await client.report(id, 'rolled_back', 'The health check failed.')
    expect((await client.get(id)).grant).toMatchObject({
      state: 'reported',
      outcome: 'rolled_back',
    })
    const { request_id: open } = await client.request(DEPLOY)
    expect(await client.cancel(open, 'Not today.')).toMatchObject({
      state: 'cancelled',
      closed: { reason: 'Not today.' },
    })
  })
})

afterEach(() => proxy.forget())

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = () => done()
  })
  return { promise, resolve }
}
