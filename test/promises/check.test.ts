import { describe, expect, it } from 'vitest'
import { castVote } from '#lib/commands/vote/cast-vote'
import { askStage0 } from '#lib/decision-points/stage0'
import type { Question } from '#lib/decision-points/types'
import { ROUTES } from '../../api/app'
import { isApiPath } from '../../api/paths'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { approve, attachPlan, must, shownDigest, world } from '../world'
import { collect, redeem, settled } from './steps'

const { url } = await testDatabase()
const w = await world(url, { env: { CALLER_OPEN_LIMIT: '8' } })
const { ask, serve } = apiOf(w.runtime)
const { db } = w.runtime

const check = (body: unknown, headers: Record<string, string> = {}) =>
  ask('POST', '/check', { body, headers: { 'x-api-key': w.agent.key, ...headers } })

const READ = { goal: 'Look up the runbook', tools: ['search.docs'] }

it('the web process hands every path of the callers’ API to it, this door too, and no page', () => {
  const paths = ROUTES.map(({ path }) => path.replaceAll(/\{\w+\}/g, 'req_1'))
  expect(paths).toContain('/check')
  const others = ['/.well-known/jwks.json', '/healthz', '/readyz', '/metrics', '/v1/openapi.json']
  for (const path of [...paths, ...others]) expect([path, isApiPath(path)]).toEqual([path, true])
  for (const path of ['/', '/checks', '/check/', '/tickets/check', '/api/events']) {
    expect([path, isApiPath(path)]).toEqual([path, false])
  }
})

describe('the door for clients of Stage0', () => {
  it('holds what needs people as a real ticket, and says which request to wait for', async () => {
    const { status, body } = await check({
      ...w.contract,
      pro: true,
      policy_pack_version: '3',
      debug_store_input: false,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      verdict: 'DEFER',
      decision: 'DEFER',
      state: 'open',
      risk_score: 70,
    })
    const request = await db.request.findUniqueOrThrow({
      where: { id: String(body['request_id']) },
    })
    expect(request).toMatchObject({ state: 'open', verdict: 'DEFER' })
    expect(request.contract).not.toHaveProperty('pro')
    expect(body['ticket_url']).toBe(`http://localhost:3000/tickets/${request.id}`)
    expect(body['policy_version']).toBe(request.policyVersion)
    const waited = await ask('GET', `/v1/requests/${request.id}`, { key: w.agent.key })
    expect(waited.body).toMatchObject({ request_id: request.id, state: 'open' })
  })

  it('is understood by a client of Stage0 that is pointed here', async () => {
    const { port } = await serve()
    const question: Question = {
      requestId: 'req_00000000000000000000000000',
      contract: w.contract,
      inputSeq: 0,
      recorded: { approval_status: 'pending', rollback_plan: false },
    }
    const config = { url: `http://127.0.0.1:${port}`, key: w.agent.key, timeoutMs: 10_000 }
    const answer = await askStage0(config, question, Date.now)
    expect(answer).toMatchObject({ verdict: 'DEFER' })
    expect(answer.error).toBeUndefined()
    expect(answer.remoteRequestId).toMatch(/^req_/)
    expect(await db.request.count({ where: { id: answer.remoteRequestId ?? '' } })).toBe(1)
    const wrong = await askStage0({ ...config, key: 'wrong' }, question, Date.now)
    expect(wrong).toMatchObject({ verdict: null, error: 'unauthorized' })
  })

  it('never says ALLOW: not for what policy lets pass, not for what was approved, not for what ran', async () => {
    const allowed = await check(READ)
    expect(allowed.body).toMatchObject({ verdict: 'DEFER', decision: 'DEFER', state: 'released' })
    expect(JSON.stringify(allowed.body['issues'])).toContain('redemption_required')
    const contract = { ...w.contract, run_id: 'release-8' }
    const id = String((await check(contract)).body['request_id'])
    await attachPlan(w, id, w.aiko)
    must(await approve(w, id, w.mara))
    expect((await settled(w, id)).state).toBe('released')
    const again = await check(contract)
    expect(again.body).toMatchObject({ request_id: id, verdict: 'DEFER', state: 'released' })
    expect(await redeem(w, await collect(w, id))).toBe('ok')
    const after = await check(contract)
    expect(after.body).toMatchObject({ request_id: id, verdict: 'DEFER' })
    expect(JSON.stringify([allowed, again, after])).not.toContain('"ALLOW"')
  })

  it('says DENY, by whom and why, once a human rejected it', async () => {
    const contract = { ...w.contract, run_id: 'rejected-1' }
    const requestId = String((await check(contract)).body['request_id'])
    const note = 'Not before the freeze ends'
    must(
      await castVote(w.runtime, {
        requestId,
        personId: w.mara.id,
        choice: 'reject',
        channel: 'web',
        reviewDigest: await shownDigest(w.runtime, requestId),
        mfa: null,
        note,
        reason: 'not_now',
      }),
    )
    const { body } = await check(contract)
    expect(body).toMatchObject({
      verdict: 'DENY',
      decision: 'NO_GO',
      state: 'rejected',
      request_id: requestId,
    })
    expect(body['reason']).toContain('Mara Lindqvist')
    expect(body['reason']).toContain(note)
  })

  it('refuses what it does not know, and a key that is none, each with its status', async () => {
    expect((await check({ ...w.contract, approve: true })).body).toMatchObject({
      status: 400,
      code: 'invalid_contract',
    })
    expect((await check({ ...w.contract, pro: true }, { 'x-api-key': 'csk_agent_x' })).status).toBe(
      401,
    )
    const runtime = await ask('POST', '/check', {
      body: READ,
      headers: { 'x-api-key': w.runtimeKey.key },
    })
    expect(runtime.status).toBe(403)
    const elsewhere = await ask('GET', '/v1/requests', { headers: { 'x-api-key': w.agent.key } })
    expect(elsewhere.status).toBe(401)
  })

  it('tells a caller that asks too much when to come back, in the body as Stage0 does and in the header', async () => {
    for (let count = 0; count < 8; count++) await check(w.contract)
    const { status, body, headers } = await check(w.contract)
    expect(status).toBe(429)
    expect(body['retry_after_seconds']).toBe(Number(headers.get('retry-after')))
    expect(body['retry_after_seconds']).toBeGreaterThan(0)
  })
})
