import { describe, expect, it } from 'vitest'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { faultProxy } from '../test/fault-proxy'
import { world } from '../test/world'
import { type Contract, Countersign, CountersignError, type Redemption } from './index'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const proxy = await faultProxy(api.url)
const OPTIONS = {
  url: proxy.url,
  audience: 'deploy-runner',
  environment: 'staging',
  issuer: w.runtime.installation.domain,
}
const agent = new Countersign({ ...OPTIONS, agentKey: w.agent.key })
const runtime = new Countersign({ ...OPTIONS, runtimeKey: w.runtimeKey.key })
/** The agent's key where the runtime's belongs. */
const wrongKey = new Countersign({ ...OPTIONS, runtimeKey: w.agent.key })
/** The runtime's key where the agent's belongs. */
const wrongScope = new Countersign({ ...OPTIONS, agentKey: w.runtimeKey.key })

const CONTRACT: Contract = {
  goal: 'Deploy to staging',
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
  constraints: ['max_cost_usd: 5'],
  preconditions: [{ name: 'plan', equals: 'f00d' }],
}
const OBLIGATION = { name: 'max_cost_usd', value: 5 }

async function collected() {
  const { request_id: requestId } = await agent.request(CONTRACT)
  const { token, obligations } = await runtime.collect(requestId)
  expect(obligations).toEqual([OBLIGATION])
  return { requestId, token }
}

function redemption(token: string, changes: Partial<Redemption> = {}): Redemption {
  return {
    token,
    arguments: { 'deploy.staging': { release: '2026.03.14' } },
    observed: { plan: 'f00d' },
    acknowledged_obligations: [OBLIGATION],
    ...changes,
  }
}

async function refusal(promise: Promise<unknown>): Promise<CountersignError> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof CountersignError) return error
  throw error
}

describe('a redemption is refused, with its code, its request and an error of its own', () => {
  it.each<[string, Partial<Redemption>, string, string]>([
    ['other arguments', { arguments: {} }, 'ContractChangedError', 'digest_mismatch'],
    [
      'an unknown obligation',
      { acknowledged_obligations: [] },
      'RefusedError',
      'obligation_unknown',
    ],
    [
      'another world',
      { observed: { plan: 'beef' } },
      'PreconditionFailedError',
      'precondition_failed',
    ],
    ['nothing observed', { observed: {} }, 'PreconditionFailedError', 'precondition_failed'],
    [
      'another environment',
      { environment: 'production' },
      'WrongRuntimeError',
      'environment_mismatch',
    ],
  ])('for %s', async (_, changes, name, code) => {
    const { requestId, token } = await collected()
    const error = await refusal(runtime.redeem(redemption(token, changes)))
    expect(error).toMatchObject({ name, code, requestId })
  })

  it('a second time', async () => {
    const { requestId, token } = await collected()
    await runtime.redeem(redemption(token))
    expect(await refusal(runtime.redeem(redemption(token)))).toMatchObject({
      name: 'AlreadyRedeemedError',
      code: 'already_redeemed',
      requestId,
    })
  })

  it('by a key that may not', async () => {
    const { requestId, token } = await collected()
    const calls = [() => wrongKey.collect(requestId), () => wrongKey.redeem(redemption(token))]
    for (const call of calls) {
      expect(await refusal(call())).toMatchObject({
        name: 'ForbiddenError',
        status: 403,
        requestId,
      })
    }
    expect(await refusal(wrongScope.request(CONTRACT))).toMatchObject({ name: 'ForbiddenError' })
  })

  it('and the wire itself names the request', async () => {
    const { requestId, token } = await collected()
    const answer = await fetch(`${api.url}/v1/tokens/redeem`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${w.runtimeKey.key}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        ...redemption(token, { environment: 'production' }),
        nonce: 'at least sixteen characters',
      }),
    })
    expect(await answer.json()).toMatchObject({
      code: 'environment_mismatch',
      request_id: requestId,
    })
  })
})

describe('evidence', () => {
  it('that a caller sends again because the answer was lost is there once', async () => {
    const { request_id: id } = await agent.request({
      goal: 'Tell the customers',
      tools: ['email.send'],
      arguments: { 'email.send': { list: 'customers' } },
      constraints: ['evidence: note'],
    })
    const evidence = { type: 'note', body: { text: 'Drained.' } } as const
    proxy.fail('/evidence', 'answer_lost')
    const given = await agent.addEvidence(id, evidence)
    const { length } = await w.runtime.db.evidence.findMany({ where: { requestId: id } })
    expect(length).toBe(1)
    expect(await agent.addEvidence(id, evidence)).toEqual(given)
    const other = { type: 'note', body: { text: 'Undrained.' } } as const
    expect((await agent.addEvidence(id, other)).evidence_id).not.toBe(given.evidence_id)
  })
})
