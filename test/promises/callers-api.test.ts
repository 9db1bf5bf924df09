import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { contractDigest } from '#lib/core/contract/digest'
import { createRuntime } from '#lib/runtime'
import { apiOf, type Told } from '../api'
import { testDatabase } from '../database'
import { startPgProxy } from '../pg-proxy'
import { approve, attachPlan, must, ROLLBACK_PLAN, SEED_CONTRACT, submit, world } from '../world'
import { anotherCaller, released, tamper } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { ask, serve, listener } = apiOf(w.runtime)
await listener.whenListening()

const agent = { key: w.agent.key }
const runner = { key: w.runtimeKey.key }
const READ = {
  goal: 'Look up the runbook',
  tools: ['search.docs'],
  arguments: { 'search.docs': {} },
}

const idOf = ({ body }: Told) => String(body['request_id'])
const send = (body: unknown, headers: Record<string, string> = {}) =>
  ask('POST', '/v1/requests', { ...agent, body, headers })

describe('a submitted contract', () => {
  it("is answered 202 with all that the seed's caller needs to wait, byte for byte as hashed", async () => {
    const told = await send(SEED_CONTRACT)
    expect(told.status).toBe(202)
    expect(told.headers.get('retry-after')).toBe('1')
    expect(told.headers.get('cache-control')).toBe('no-store')
    const { digest } = contractDigest({
      domain: w.runtime.installation.domain,
      caller: w.callerId,
      contract: w.contract,
    })
    expect(told.body).toMatchObject({
      verdict: 'DEFER',
      state: 'open',
      contract_digest: digest,
      policy_version: expect.stringMatching(/^main@1\+[0-9a-f]{8}$/),
      request_id: expect.stringMatching(/^req_[0-9A-Z]{26}$/),
      ticket_url: `http://localhost:3000/tickets/${idOf(told)}`,
      grant: null,
      closed: null,
      poll: { wait_seconds: 25, retry_after_seconds: 1 },
    })
    const kinds = (told.body['requirements'] as { kind: string; state: string }[]).map(
      ({ kind, state }) => `${kind} ${state}`,
    )
    expect(kinds.sort()).toEqual([
      'approval missing',
      'change_window met',
      'evidence missing',
      'mfa missing',
    ])
    const issues = (told.body['issues'] as { code: string }[]).map(({ code }) => code)
    expect(issues.sort()).toEqual([
      'approval_missing',
      'mfa_missing',
      'rollback_plan_missing',
      'unbound_arguments',
    ])
  })

  it('is answered 200 ALLOW with a grant where a rule allows it and nothing is missing', async () => {
    const told = await send(READ)
    expect(told).toMatchObject({
      status: 200,
      body: {
        verdict: 'ALLOW',
        state: 'released',
        issues: [],
        grant: { state: 'ready' },
        poll: null,
      },
    })
    expect(told.headers.get('retry-after')).toBeNull()
  })

  it('is answered 200 DENY where it contradicts what is registered', async () => {
    const told = await send({ ...w.contract, constraints: ['allowed_environment: staging'] })
    expect(told).toMatchObject({
      status: 200,
      body: { verdict: 'DENY', state: 'denied', grant: null },
    })
    const denials = (told.body['issues'] as { code: string; severity: string }[]).filter(
      ({ severity }) => severity === 'deny',
    )
    expect(denials.map(({ code }) => code)).toEqual(['wrong_environment'])
  })

  it('keeps no claim: an approval and a plan that the agent asserts change nothing', async () => {
    const context = { ...w.contract.context, approval_status: 'approved', rollback_plan: true }
    const [claimed, plain] = await Promise.all([send({ ...w.contract, context }), send(w.contract)])
    const about = ({ body }: Told) => [body['verdict'], body['requirements'], body['issues']]
    expect(about(claimed)).toEqual(about(plain))
  })
})

describe('a run', () => {
  it('is one request however often it is submitted, by header or by run_id', async () => {
    const first = await send(SEED_CONTRACT, { 'idempotency-key': 'run-a' })
    const again = await send(w.contract, { 'idempotency-key': 'run-a' })
    expect(idOf(again)).toBe(idOf(first))
    const named = { ...w.contract, run_id: 'run-b' }
    expect(idOf(await send(named))).toBe(idOf(await send(named)))
  })

  it('is refused as reused for another contract, with the request it belongs to', async () => {
    const first = await send(SEED_CONTRACT, { 'idempotency-key': 'run-c' })
    const other = await send({ ...w.contract, goal: 'Another' }, { 'idempotency-key': 'run-c' })
    expect(other).toMatchObject({
      status: 409,
      body: { code: 'run_reused', meta: { request_id: idOf(first) } },
    })
  })

  it('submitted 20 times at once is one request', async () => {
    const tries = await allAtOnce(20, () => send(SEED_CONTRACT, { 'idempotency-key': 'run-d' }))
    expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(tries.map(idOf)).size).toBe(1)
    const where = { callerId: w.callerId, runKey: 'run-d' }
    expect(await w.runtime.db.request.count({ where })).toBe(1)
  })

  it('of the same name by another caller is another request', async () => {
    const other = (await anotherCaller(w, 'run-sharer')).agent
    const mine = await send(SEED_CONTRACT, { 'idempotency-key': 'run-e' })
    const headers = { 'idempotency-key': 'run-e' }
    const theirs = await ask('POST', '/v1/requests', { ...other, body: SEED_CONTRACT, headers })
    expect(theirs.status).toBe(202)
    expect(idOf(theirs)).not.toBe(idOf(mine))
  })

  it('named differently by header and contract is refused, as one of the two would not hold', async () => {
    const named = { ...w.contract, run_id: 'run-f' }
    const told = await send(named, { 'idempotency-key': 'run-g' })
    expect(told).toMatchObject({ status: 400, body: { code: 'invalid_body' } })
    expect((await send(named, { 'idempotency-key': 'run-f' })).status).toBe(202)
  })

  it('with a name that no header may carry is refused', async () => {
    const told = await send(SEED_CONTRACT, { 'idempotency-key': 'two words' })
    expect(told).toMatchObject({ status: 400, body: { code: 'invalid_body' } })
  })
})

describe('supersedes', () => {
  const supersede = (earlier: string, headers: Record<string, string> = {}, sender = agent) =>
    ask('POST', `/v1/requests?supersedes=${earlier}`, { ...sender, body: SEED_CONTRACT, headers })

  it('ends the earlier ticket and names its successor', async () => {
    const earlier = idOf(await send(SEED_CONTRACT))
    const later = await supersede(earlier)
    expect(later.status).toBe(202)
    expect((await ask('GET', `/v1/requests/${earlier}`, agent)).body).toMatchObject({
      state: 'superseded',
      superseded_by: idOf(later),
      closed: { by: null },
    })
  })

  it('revokes an unredeemed grant of the earlier one', async () => {
    const earlier = await released(w)
    expect((await supersede(earlier)).status).toBe(202)
    const { body } = await ask('GET', `/v1/requests/${earlier}`, agent)
    expect(body).toMatchObject({ state: 'released', grant: { state: 'revoked' } })
    const collected = await ask('POST', `/v1/requests/${earlier}/token`, runner)
    expect(collected).toMatchObject({ status: 409, body: { code: 'grant_revoked' } })
  })

  it('sent 20 times at once under one run makes one successor', async () => {
    const earlier = idOf(await send(SEED_CONTRACT))
    const headers = { 'idempotency-key': 'run-s' }
    const tries = await allAtOnce(20, () => supersede(earlier, headers))
    expect(tries.map(({ status }) => status)).toEqual(Array(20).fill(202))
    expect(new Set(tries.map(idOf)).size).toBe(1)
  })

  it('takes nobody else’s request and leaves no successor behind', async () => {
    const earlier = idOf(await send(SEED_CONTRACT))
    const other = await anotherCaller(w, 'superseder')
    const refused = await supersede(earlier, {}, other.agent)
    expect(refused).toMatchObject({ status: 404, body: { code: 'not_found' } })
    const where = { callerId: other.callerId }
    expect(await w.runtime.db.request.count({ where })).toBe(0)
  })

  it('of a settled request is refused and stores nothing', async () => {
    const earlier = idOf(await send(SEED_CONTRACT))
    await ask('POST', `/v1/requests/${earlier}/cancel`, { ...agent, body: {} })
    const before = await w.runtime.db.request.count()
    expect(await supersede(earlier)).toMatchObject({ status: 409, body: { code: 'ticket_closed' } })
    expect(await w.runtime.db.request.count()).toBe(before)
  })
})

describe('a request', () => {
  it('is found by its caller alone', async () => {
    const id = await submit(w)
    const other = await anotherCaller(w, 'onlooker')
    expect((await ask('GET', `/v1/requests/${id}`, agent)).status).toBe(200)
    expect((await ask('GET', `/v1/requests/${id}`, runner)).status).toBe(200)
    for (const told of [
      await ask('GET', `/v1/requests/${id}`, other.agent),
      await ask('GET', `/v1/requests/${id}?wait=1`, other.agent),
      await ask('POST', `/v1/requests/${id}/cancel`, { ...other.agent, body: {} }),
      await ask('POST', `/v1/requests/${id}/evidence`, { ...other.agent, body: NOTE }),
      await ask('POST', `/v1/requests/${id}/token`, other.runtime),
      await ask('POST', `/v1/requests/${id}/outcome`, {
        ...other.runtime,
        body: { outcome: 'succeeded' },
      }),
    ]) {
      expect(told).toMatchObject({ status: 404, body: { code: 'not_found', request_id: id } })
    }
  })

  it('is cancelled by its caller, once', async () => {
    const id = await submit(w)
    const body = { reason: 'Found a better way.' }
    const first = await ask('POST', `/v1/requests/${id}/cancel`, { ...agent, body })
    expect(first).toMatchObject({
      status: 200,
      body: { state: 'cancelled', closed: { by: null, reason: 'Found a better way.' }, poll: null },
    })
    const second = await ask('POST', `/v1/requests/${id}/cancel`, { ...agent, body })
    expect(second).toMatchObject({ status: 409, body: { code: 'ticket_closed', request_id: id } })
  })

  it('takes evidence from its caller only where policy says so', async () => {
    const id = await submit(w)
    const note = await ask('POST', `/v1/requests/${id}/evidence`, { ...agent, body: NOTE })
    const plan = await ask('POST', `/v1/requests/${id}/evidence`, {
      ...agent,
      body: { type: 'rollback_plan', body: ROLLBACK_PLAN },
    })
    for (const told of [note, plan]) {
      expect(told).toMatchObject({ status: 403, body: { code: 'evidence_not_allowed' } })
    }
    const asked = {
      ...w.contract,
      tools: ['email.send'],
      constraints: ['test_results_required: true'],
    }
    const mail = idOf(await send(asked))
    const results = { type: 'test_results', body: { summary: 'All green', passed: 12, failed: 0 } }
    const given = await ask('POST', `/v1/requests/${mail}/evidence`, { ...agent, body: results })
    expect(given).toMatchObject({
      status: 200,
      body: { evidence_id: expect.stringMatching(/^evd_/) },
    })
  })

  it('goes from release to its outcome by the runtime’s key alone', async () => {
    const id = await released(w)
    const token = await ask('POST', `/v1/requests/${id}/token`, runner)
    expect(token).toMatchObject({ status: 200, body: { request_id: id, obligations: [] } })
    const redemption = {
      token: token.body['token'],
      nonce: 'a nonce that lives in memory',
      environment: 'production',
    }
    const redeemed = await ask('POST', '/v1/tokens/redeem', { ...runner, body: redemption })
    expect(redeemed).toMatchObject({
      status: 200,
      body: { ok: true, request_id: id, replay: false },
    })
    const twice = await ask('POST', '/v1/tokens/redeem', {
      ...runner,
      body: { ...redemption, nonce: 'another nonce, second run' },
    })
    expect(twice).toMatchObject({
      status: 409,
      body: { code: 'already_redeemed', disposition: 'leave' },
    })
    const report = { ...runner, body: { outcome: 'succeeded', detail: 'Took 4 minutes.' } }
    expect((await ask('POST', `/v1/requests/${id}/outcome`, report)).status).toBe(200)
    const { body } = await ask('GET', `/v1/requests/${id}`, agent)
    expect(body['grant']).toMatchObject({ state: 'reported', outcome: 'succeeded' })
  })

  it('that is not released has no token, and says why', async () => {
    const open = await submit(w)
    const rejected = await submit(w)
    await w.runtime.db.request.update({ where: { id: rejected }, data: { state: 'rejected' } })
    const [held, ended] = await Promise.all(
      [open, rejected].map((id) => ask('POST', `/v1/requests/${id}/token`, runner)),
    )
    expect(held).toMatchObject({ status: 409, body: { code: 'not_ready' } })
    expect(ended).toMatchObject({
      status: 409,
      body: { code: 'ticket_closed', detail: 'The request was rejected by an approver.' },
    })
  })
})

describe('a list', () => {
  it('pages through all requests once, newest first, whatever is added meanwhile', async () => {
    const lister = (await anotherCaller(w, 'lister')).agent
    const ids: string[] = []
    for (let i = 0; i < 7; i++) {
      ids.unshift(idOf(await ask('POST', '/v1/requests', { ...lister, body: SEED_CONTRACT })))
    }
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await ask('GET', `/v1/requests?limit=3${cursor}`, lister)
      expect(page.status).toBe(200)
      const items = page.body['items'] as { request_id: string }[]
      expect(items.length).toBeLessThanOrEqual(3)
      seen.push(...items.map((item) => item.request_id))
      await ask('POST', '/v1/requests', { ...lister, body: SEED_CONTRACT })
      const next = page.body['next_cursor']
      cursor = next === null ? '' : `&cursor=${String(next)}`
    } while (cursor !== '')
    expect(seen).toEqual(ids)
  })

  it('keeps apart requests of the same millisecond', async () => {
    const { agent: lister, callerId } = await anotherCaller(w, 'twin lister')
    for (let i = 0; i < 5; i++)
      await ask('POST', '/v1/requests', { ...lister, body: SEED_CONTRACT })
    const at = new Date('2026-03-14T10:00:00.123Z')
    await tamper(w, 'UPDATE requests SET submitted_at = $1 WHERE caller_id = $2', at, callerId)
    const first = await ask('GET', '/v1/requests?limit=3', lister)
    const rest = await ask(
      'GET',
      `/v1/requests?limit=3&cursor=${first.body['next_cursor']}`,
      lister,
    )
    const ids = [first, rest].flatMap(({ body }) =>
      (body['items'] as { request_id: string }[]).map((item) => item.request_id),
    )
    expect(new Set(ids).size).toBe(5)
  })

  it('shows one state and only the caller’s own', async () => {
    const lister = (await anotherCaller(w, 'state lister')).agent
    const open = idOf(await ask('POST', '/v1/requests', { ...lister, body: SEED_CONTRACT }))
    await ask('POST', '/v1/requests', { ...lister, body: READ })
    const page = await ask('GET', '/v1/requests?state=open', lister)
    expect(page.body).toMatchObject({
      items: [{ request_id: open, state: 'open' }],
      next_cursor: null,
    })
  })

  it.each([
    'x',
    Buffer.from('-271821-04-20T00:00:00.000Z req_01ARZ3NDEKTSV4RRFFQ69G5FAV').toString('base64url'),
    Buffer.from('2026 req_01ARZ3NDEKTSV4RRFFQ69G5FAV').toString('base64url'),
  ])('refuses a cursor that no list gave: %s', async (cursor) => {
    const told = await ask('GET', `/v1/requests?cursor=${cursor}`, agent)
    expect(told).toMatchObject({ status: 400, body: { code: 'invalid_body' } })
    expect(told.body['errors']).toMatchObject([{ path: '?cursor' }])
  })
})

describe('a long-poll', () => {
  const wait = (id: string, seconds: number) =>
    ask('GET', `/v1/requests/${id}?wait=${seconds}`, agent)

  it('wakes at once when people and policy release the request', async () => {
    const id = await submit(w)
    await attachPlan(w, id, w.aiko)
    const waiting = wait(id, 25)
    must(await approve(w, id, w.mara))
    const voted = await waiting
    expect(voted.body['state']).toBe('open')
    const again = wait(id, 25)
    const releasedAt = performance.now()
    must(await reevaluate(w.runtime, { requestId: id, cause: 'test' }))
    expect((await again).body).toMatchObject({ state: 'released', grant: { state: 'ready' } })
    expect(performance.now() - releasedAt).toBeLessThan(2_000)
  })

  it('answers an unchanged request after its time, with how to go on', async () => {
    const told = await wait(await submit(w), 1)
    expect(told).toMatchObject({ status: 200, body: { state: 'open' } })
    expect(told.headers.get('retry-after')).toBe('1')
  })

  it('tells a change that nobody announced when its time is over', async () => {
    const id = await submit(w)
    const waiting = wait(id, 1)
    await w.runtime.db.request.update({ where: { id }, data: { state: 'cancelled' } })
    expect((await waiting).body['state']).toBe('cancelled')
  })

  it('loses no change that happens between its read and its wait', async () => {
    const proxy = await startPgProxy(url)
    const slow = await createRuntime({ ...w.runtime.config, databaseUrl: proxy.url })
    onTestFinished(async () => {
      await slow.close()
      await proxy.close()
    })
    const api = apiOf(slow, url)
    await api.listener.whenListening()
    const id = await submit(w)
    await api.ask('GET', `/v1/requests/${id}`, agent)
    const reply = proxy.holdReply(id)
    const waiting = api.ask('GET', `/v1/requests/${id}?wait=20`, agent)
    await reply.held
    const heard = api.listener.wait(id, { timeoutMs: 5_000 })
    const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
    must(await cancelRequest(w.runtime, { requestId: id, actor, reason: null }))
    expect(await heard).toBe('changed')
    const releasedAt = performance.now()
    reply.release()
    expect((await waiting).body['state']).toBe('cancelled')
    expect(performance.now() - releasedAt).toBeLessThan(2_000)
  })
})

describe('over a real node server', () => {
  it('the whole loop answers as it does without one', async () => {
    const { ask: over } = await serve()
    const submitted = await over('POST', '/v1/requests', { ...agent, body: SEED_CONTRACT })
    expect(submitted.status).toBe(202)
    expect(submitted.headers.get('retry-after')).toBe('1')
    const id = idOf(submitted)
    const waiting = over('GET', `/v1/requests/${id}?wait=25`, agent)
    const cancelled = await over('POST', `/v1/requests/${id}/cancel`, agent)
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled' } })
    expect((await waiting).body['state']).toBe('cancelled')
  })

  it('a caller that hangs up while waiting leaves no waiter and no error behind', async () => {
    const { ask: over } = await serve()
    const id = await submit(w)
    const gone = new AbortController()
    const waiting = over('GET', `/v1/requests/${id}?wait=25`, { ...agent, signal: gone.signal })
    const ended = expect(waiting).rejects.toThrow()
    gone.abort()
    await ended
    expect((await over('GET', `/v1/requests/${id}`, agent)).status).toBe(200)
  })

  it.each([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/nothing', 404, 'not_found'],
    ['GET', '/v1/requests/not-an-id', 404, 'not_found'],
    ['GET', '/v1/requests/%E0%A4%A', 404, 'not_found'],
    ['DELETE', '/v1/requests', 405, 'method_not_allowed'],
    ['PUT', '/v1/tokens/redeem', 405, 'method_not_allowed'],
  ])('%s %s is told as a problem', async (method, path, status, code) => {
    const { ask: over } = await serve()
    const told = await over(method, path, agent)
    expect(told).toMatchObject({ status, body: { code, status } })
    expect(told.headers.get('content-type')).toBe('application/problem+json')
    if (status === 405) expect(told.headers.get('allow')).toMatch(/^(GET|POST)/)
  })
})

const NOTE = { type: 'note', body: { text: 'Trust me.' } }

/** The same call many times, none of which may write before all have read. */
async function allAtOnce(many: number, call: () => Promise<Told>): Promise<Told[]> {
  let calls: Promise<Told>[] = []
  await w.runtime.db.$transaction(
    async (tx) => {
      // Readers pass this lock; writers and those who lock a row wait for it.
      await tx.$executeRawUnsafe('LOCK TABLE requests IN EXCLUSIVE MODE')
      calls = Array.from({ length: many }, call)
      await vi.waitFor(
        async () => {
          const [row] = await tx.$queryRawUnsafe<{ waiting: number }[]>(
            `SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND relation = 'requests'::regclass`,
          )
          expect(row?.waiting).toBe(many)
        },
        { timeout: 10_000 },
      )
    },
    { timeout: 15_000 },
  )
  return await Promise.all(calls)
}
