import { afterEach, describe, expect, it, vi } from 'vitest'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { faultProxy } from '../test/fault-proxy'
import { expire, reject, release } from '../test/settle'
import { must, world } from '../test/world'
import {
  ActionError,
  AlreadyRedeemedError,
  CancelledError,
  type Contract,
  Countersign,
  CountersignError,
  DeniedError,
  ExpiredError,
  type GuardOptions,
  guard,
  RefusedError,
  RejectedError,
  SupersededError,
  UnknownObligationError,
  UnreachableError,
  WaitTimeoutError,
} from './index'

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
  issuer: w.runtime.installation.domain,
}
const client = new Countersign({ ...OPTIONS, environment: 'production' })
const staging = new Countersign({ ...OPTIONS, environment: 'staging' })

const DEPLOY: Contract = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '2026.03.14' } },
}
/** Allowed without anybody's vote. */
const STAGING: Contract = {
  goal: 'Deploy release 2026.03.14 to staging',
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
}
const action = () => vi.fn(() => 'deployed')

/** Guards `contract`, and lets `settle` happen once it is seen to be held. */
async function guarded(
  contract: Contract,
  run: Parameters<typeof guard>[2],
  settle: (requestId: string) => Promise<unknown>,
  options: GuardOptions = {},
) {
  let settling: Promise<unknown> | null = null
  const onUpdate = ({ request_id }: { request_id: string }) => {
    settling ??= settle(request_id)
  }
  const [ended] = await Promise.allSettled([guard(client, contract, run, { ...options, onUpdate })])
  await settling
  return ended
}

async function failed(promise: ReturnType<typeof guarded> | Promise<unknown>): Promise<unknown> {
  const [settled] = await Promise.allSettled([promise])
  if (settled?.status === 'rejected') return settled.reason
  const { value } = settled as PromiseFulfilledResult<unknown>
  const inner = value as PromiseSettledResult<unknown>
  if (inner.status === 'rejected') return inner.reason
  throw new Error('nothing was thrown')
}

async function grantOf(requestId: string) {
  return await w.runtime.db.grant.findUnique({ where: { requestId } })
}

async function newest(goal: string): Promise<string> {
  const rows = await w.runtime.db.request.findMany({
    where: { goal },
    orderBy: { submittedAt: 'desc' },
  })
  return rows[0]?.id ?? ''
}

describe('a guarded function', () => {
  it('runs once people have signed and redeem has said ok, with exactly what was signed, and is reported', async () => {
    const run = vi.fn(async ({ requestId }: { requestId: string }) => {
      expect(await grantOf(requestId)).toMatchObject({ state: 'redeemed' })
      return 'deployed'
    })
    const ended = await guarded(DEPLOY, run as never, (id) => release(w, id))
    expect(ended).toMatchObject({
      status: 'fulfilled',
      value: { value: 'deployed', reportError: null },
    })
    expect(run).toHaveBeenCalledTimes(1)
    const id = await newest(DEPLOY.goal)
    expect(run).toHaveBeenCalledWith({
      requestId: id,
      arguments: DEPLOY.arguments,
      obligations: [],
    })
    expect(await grantOf(id)).toMatchObject({ state: 'reported', outcome: 'succeeded' })
  })

  it('is given what was signed, whatever became of the caller’s own object meanwhile', async () => {
    const contract = structuredClone(DEPLOY)
    const run = action()
    const ended = await guarded(contract, run, async (id) => {
      contract.arguments = { 'deploy.production': { release: '6666.06.06' } }
      await release(w, id)
    })
    expect(ended?.status).toBe('fulfilled')
    expect(run).toHaveBeenCalledWith(expect.objectContaining({ arguments: DEPLOY.arguments }))
  })

  it('cannot change what it was given', async () => {
    await guard(staging, STAGING, (released) => {
      const tool = released.arguments?.['deploy.staging']
      expect(Object.isFrozen(released.arguments) && Object.isFrozen(tool)).toBe(true)
    })
  })

  it('that throws is reported as failed, and its error is the one thrown', async () => {
    const broken = new Error('The health check failed.')
    const run = () => {
      throw broken
    }
    expect(await failed(guard(staging, { ...STAGING, goal: 'Fails' }, run))).toBe(broken)
    expect(await grantOf(await newest('Fails'))).toMatchObject({
      outcome: 'failed',
      outcomeDetail: 'The health check failed.',
    })
  })

  it('is reported whatever its error says', async () => {
    const contract = { ...STAGING, goal: 'Fails oddly' }
    const run = () => Promise.reject(new Error(`\0${'🔥'.repeat(600).slice(1)}`))
    await failed(guard(staging, contract, run))
    expect(await grantOf(await newest('Fails oddly'))).toMatchObject({ outcome: 'failed' })
  })

  it('can say that it rolled back', async () => {
    const contract = { ...STAGING, goal: 'Rolls back' }
    const run = () => Promise.reject(new ActionError('rolled_back', 'Back on 2026.03.07.'))
    expect(await failed(guard(staging, contract, run))).toBeInstanceOf(ActionError)
    expect(await grantOf(await newest('Rolls back'))).toMatchObject({ outcome: 'rolled_back' })
  })

  it('that ran is not told as failed because its report was lost', async () => {
    const lost = Array.from({ length: 5 }, () => 'connection_lost' as const)
    proxy.fail('/outcome', ...lost)
    const guardedOnce = await guard(staging, STAGING, action())
    expect(guardedOnce.value).toBe('deployed')
    expect(guardedOnce.reportError).toBeInstanceOf(UnreachableError)
  })

  it('gets on with its report although the first answer to it is lost', async () => {
    proxy.fail('/outcome', 'answer_lost')
    expect((await guard(staging, STAGING, action())).reportError).toBeNull()
  })
})

const ENDINGS: Record<string, (requestId: string) => Promise<unknown>> = {
  rejected: (id) => reject(w, id, 'Wrong week.'),
  expired: (id) => expire(w, id),
  cancelled: (id) => client.cancel(id),
  superseded: (id) => client.request(DEPLOY, { supersedes: id }),
}

describe('a guarded function never runs', () => {
  it.each([
    ['rejected', RejectedError],
    ['expired', ExpiredError],
    ['cancelled', CancelledError],
    ['superseded', SupersededError],
  ])('when it was %s', async (state, kind) => {
    const run = action()
    const goal = `Deploy, and be ${state}`
    const end = ENDINGS[state] ?? (() => Promise.reject(new Error(state)))
    const error = await failed(guarded({ ...DEPLOY, goal }, run, end))
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ code: state, requestId: await newest(goal) })
    expect(run).not.toHaveBeenCalled()
  })

  it('when policy denies it', async () => {
    const run = action()
    const iam = { ...DEPLOY, constraints: ['allowed_environment: staging'], goal: 'Elsewhere' }
    const error = await failed(guard(client, iam, run))
    expect(error).toBeInstanceOf(DeniedError)
    expect(error).toMatchObject({ code: 'denied', requestId: await newest('Elsewhere') })
    expect(run).not.toHaveBeenCalled()
  })

  it('when nobody answers within its time', async () => {
    const run = action()
    const goal = 'Deploy some day'
    const error = await failed(guard(client, { ...DEPLOY, goal }, run, { timeoutMs: 200 }))
    expect(error).toBeInstanceOf(WaitTimeoutError)
    expect(error).toMatchObject({ code: 'wait_timeout', requestId: await newest(goal) })
    expect(run).not.toHaveBeenCalled()
  })

  it('with an obligation that it does not say it keeps, and the grant stays', async () => {
    const run = action()
    const bound = { ...STAGING, goal: 'Deploy cheaply', constraints: ['max_cost_usd: 5'] }
    const error = await failed(guard(staging, bound, run))
    expect(error).toBeInstanceOf(UnknownObligationError)
    expect(error).toMatchObject({ code: 'obligation_unknown', requestId: await newest(bound.goal) })
    expect(run).not.toHaveBeenCalled()
    expect(await grantOf(await newest(bound.goal))).toMatchObject({ state: 'collected' })
  })

  it('with a precondition that does not hold', async () => {
    const run = action()
    const contract = {
      ...STAGING,
      goal: 'Deploy the plan',
      preconditions: [{ name: 'plan_hash', equals: 'f00d' }],
    }
    const error = await failed(
      guard(staging, contract, run, { observe: () => ({ plan_hash: 'beef' }) }),
    )
    expect(error).toMatchObject({ code: 'precondition_failed', disposition: 'burn' })
    expect(run).not.toHaveBeenCalled()
  })

  it('where it was not signed for, and does not even try to redeem', async () => {
    const run = action()
    const before = proxy.calls('/redeem').length
    expect(await failed(guard(client, STAGING, run))).toMatchObject({
      code: 'environment_mismatch',
    })
    const nowhere = new Countersign(OPTIONS)
    expect(await failed(guard(nowhere, STAGING, run))).toMatchObject({
      code: 'environment_mismatch',
    })
    expect(run).not.toHaveBeenCalled()
    expect(proxy.calls('/redeem')).toHaveLength(before)
  })

  it('in another runtime than the one it was released to', async () => {
    const run = action()
    const other = new Countersign({ ...OPTIONS, environment: 'staging', audience: 'payouts' })
    expect(await failed(guard(other, STAGING, run))).toMatchObject({ code: 'audience_mismatch' })
    expect(run).not.toHaveBeenCalled()
  })

  it('when the grant was revoked between the release and the redemption', async () => {
    const run = action()
    const goal = 'Deploy, but revoked'
    const observe = async () => {
      await w.runtime.db.request.findFirstOrThrow({ where: { goal } })
      await client.request(STAGING, { supersedes: await newest(goal) })
      return {}
    }
    const error = await failed(guard(staging, { ...STAGING, goal }, run, { observe }))
    expect(error).toMatchObject({ code: 'grant_revoked', requestId: await newest(goal) })
    expect(run).not.toHaveBeenCalled()
  })

  it.each([
    ['a page instead of an answer', '<html></html>'],
    ['an ok for another request', '{"ok":true,"request_id":"req_1"}'],
    ['something that is nearly ok', '{"ok":"true"}'],
  ])('after %s to redeem', async (_, body) => {
    const run = action()
    proxy.fail('/redeem', { status: 200, body })
    expect(await failed(guard(staging, STAGING, run))).toMatchObject({ code: 'unreadable_answer' })
    expect(run).not.toHaveBeenCalled()
  })

  it('after an answer in a state that this version does not know', async () => {
    const run = action()
    const answer = { ...(await client.request(STAGING)), state: 'probably_fine' }
    proxy.fail('/v1/requests', { status: 200, body: JSON.stringify(answer) })
    expect(await failed(guard(staging, STAGING, run))).toMatchObject({ code: 'probably_fine' })
    expect(run).not.toHaveBeenCalled()
  })

  it('once its signal aborts, wherever it stands', async () => {
    const reason = new Error('no longer wanted')
    for (const path of ['/v1/requests', '/token', '/jwks.json', '/redeem']) {
      const run = action()
      const controller = new AbortController()
      proxy.onAnswer((seen) => {
        if (seen.endsWith(path)) controller.abort(reason)
      })
      const goal = `Deploy until ${path.slice(1)}`
      const contract = { ...STAGING, goal }
      const fresh = new Countersign({ ...OPTIONS, environment: 'staging' })
      expect(await failed(guard(fresh, contract, run, { signal: controller.signal }))).toBe(reason)
      expect(run).not.toHaveBeenCalled()
    }
    proxy.onAnswer(() => undefined)
    const redeemed = await grantOf(await newest('Deploy until redeem'))
    expect(redeemed).toMatchObject({ state: 'reported', outcome: 'unknown' })
  })
})

describe('a redemption whose answer is lost', () => {
  it('is asked for again with the same nonce, and the function runs once', async () => {
    const run = action()
    const before = proxy.calls('/redeem').length
    proxy.fail('/redeem', 'answer_lost')
    expect((await guard(staging, STAGING, run)).value).toBe('deployed')
    expect(run).toHaveBeenCalledTimes(1)
    const nonces = proxy
      .calls('/redeem')
      .slice(before)
      .map((body) => JSON.parse(body).nonce)
    expect(nonces).toHaveLength(2)
    expect(nonces[0]).toBe(nonces[1])
  })

  it('for good runs nothing, is told as unknown, and never runs later', async () => {
    const run = action()
    const contract = { ...STAGING, goal: 'Deploy into the dark', run_id: 'dark' }
    proxy.fail('/redeem', ...Array.from({ length: 5 }, () => 'answer_lost' as const))
    const error = await failed(guard(staging, contract, run))
    expect(error).toBeInstanceOf(UnreachableError)
    expect(error).toMatchObject({ requestId: await newest(contract.goal) })
    expect(await grantOf(await newest(contract.goal))).toMatchObject({ outcome: 'unknown' })
    expect(await failed(guard(staging, contract, run))).toBeInstanceOf(AlreadyRedeemedError)
    expect(run).not.toHaveBeenCalled()
  })

  it('is not taken for an ok when somebody else was first', async () => {
    const run = action()
    const goal = 'Deploy, but slower than another'
    const observe = async () => {
      const id = await newest(goal)
      const { token } = await staging.collect(id)
      const { arguments: args } = STAGING
      await staging.redeem({ token, ...(args && { arguments: args }) })
      return {}
    }
    const error = await failed(guard(staging, { ...STAGING, goal }, run, { observe }))
    expect(error).toBeInstanceOf(AlreadyRedeemedError)
    expect(error).toMatchObject({ code: 'already_redeemed', requestId: await newest(goal) })
    expect(run).not.toHaveBeenCalled()
  })
})

describe('a run that has its name', () => {
  it('goes on where it was: held, then released, then run, over several starts', async () => {
    const run = action()
    const contract = { ...DEPLOY, goal: 'Deploy over days', run_id: 'days' }
    expect(await failed(guard(client, contract, run, { timeoutMs: 50 }))).toBeInstanceOf(
      WaitTimeoutError,
    )
    const id = await newest(contract.goal)
    await release(w, id)
    must(await reevaluate(w.runtime, { requestId: id, cause: 'test' }))
    expect((await guard(client, contract, run)).request.request_id).toBe(id)
    expect(run).toHaveBeenCalledTimes(1)
    expect(await failed(guard(client, contract, run))).toBeInstanceOf(AlreadyRedeemedError)
    expect(run).toHaveBeenCalledTimes(1)
    expect(await grantOf(id)).toMatchObject({ outcome: 'succeeded' })
  })

  it('and another contract is refused, and nothing runs', async () => {
    const run = action()
    await guard(staging, { ...STAGING, run_id: 'named' }, run)
    const other = { ...STAGING, run_id: 'named', goal: 'Something else' }
    const error = await failed(guard(staging, other, run))
    expect(error).toBeInstanceOf(RefusedError)
    expect(error).toMatchObject({ code: 'run_reused' })
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('of which two are started at once runs once', async () => {
    const run = action()
    const contract = { ...STAGING, goal: 'Deploy twice at once', run_id: 'twice' }
    const twice = await Promise.allSettled([
      guard(staging, contract, run),
      guard(staging, contract, run),
    ])
    expect(run).toHaveBeenCalledTimes(1)
    expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await grantOf(await newest(contract.goal))).toMatchObject({ outcome: 'succeeded' })
  })
})

it('every error tells its code and is a CountersignError', async () => {
  const error = await failed(
    guard(new Countersign({ ...OPTIONS, agentKey: 'no-key' }), DEPLOY, action()),
  )
  expect(error).toBeInstanceOf(CountersignError)
  expect(error).toMatchObject({ code: 'unauthenticated', status: 401 })
})
