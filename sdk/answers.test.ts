import { expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import type { evidenceAnswer } from '#lib/wire/contract'
import type { evidenceSubmission } from '#lib/wire/evidence'
import type { Problem as WireProblem } from '#lib/wire/problem'
import type { requestList, RequestAnswer as WireRequest } from '#lib/wire/request'
import type {
  outcomeAnswer,
  RedeemBody,
  RedeemAnswer as WireRedeemAnswer,
  TokenAnswer as WireTokenAnswer,
} from '#lib/wire/token'
import { serveApi } from '../test/api-server'
import { testDatabase } from '../test/database'
import { expire, reject, release } from '../test/settle'
import { world } from '../test/world'
import type {
  Closing,
  EvidenceAnswer,
  Grant,
  OutcomeAnswer,
  Problem,
  RedeemAnswer,
  RequestAnswer,
  RequestPage,
  TokenAnswer,
} from './answers'
import type { Evidence } from './evidence'
import { Countersign, guard } from './index'
import type { Redemption } from './options'

const { url: databaseUrl } = await testDatabase()
const w = await world(databaseUrl)
const api = await serveApi(w.runtime)
const client = new Countersign({ url: api.url, agentKey: w.agent.key })

const DEPLOY = {
  goal: 'Deploy to production',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '2026.03.14' } },
}
const STAGING = {
  goal: 'Deploy to staging',
  tools: ['deploy.staging'],
  arguments: { 'deploy.staging': { release: '2026.03.14' } },
}

/** Every key of the wire's shape, and no other; every value one that the wire allows. */
type SameKeys<A, B> = [Exclude<keyof A, keyof B>, Exclude<keyof B, keyof A>]

test('the SDK’s shapes are the wire’s, member by member', () => {
  expectTypeOf<RequestAnswer>().toExtend<WireRequest>()
  expectTypeOf<RequestAnswer['state']>().toEqualTypeOf<WireRequest['state']>()
  expectTypeOf<RequestAnswer['verdict']>().toEqualTypeOf<WireRequest['verdict']>()
  expectTypeOf<SameKeys<RequestAnswer, WireRequest>>().toEqualTypeOf<[never, never]>()
  expectTypeOf<Grant>().toEqualTypeOf<NonNullable<WireRequest['grant']>>()
  expectTypeOf<Closing>().toEqualTypeOf<NonNullable<WireRequest['closed']>>()
  expectTypeOf<RequestAnswer['issues']>().toEqualTypeOf<WireRequest['issues']>()
  expectTypeOf<RequestAnswer['requirements']>().toEqualTypeOf<WireRequest['requirements']>()
  expectTypeOf<RequestPage>().toExtend<z.infer<typeof requestList>>()
  type Item = RequestPage['items'][number]
  type WireItem = z.infer<typeof requestList>['items'][number]
  expectTypeOf<SameKeys<Item, WireItem>>().toEqualTypeOf<[never, never]>()
  expectTypeOf<TokenAnswer>().toEqualTypeOf<WireTokenAnswer>()
  expectTypeOf<RedeemAnswer>().toEqualTypeOf<WireRedeemAnswer>()
  expectTypeOf<EvidenceAnswer>().toEqualTypeOf<z.infer<typeof evidenceAnswer>>()
  expectTypeOf<OutcomeAnswer>().toEqualTypeOf<z.infer<typeof outcomeAnswer>>()
  expectTypeOf<Evidence>().toEqualTypeOf<z.input<typeof evidenceSubmission>>()
  expectTypeOf<WireProblem>().toExtend<Problem>()
  expectTypeOf<SameKeys<Problem, WireProblem>>().toEqualTypeOf<[never, never]>()
  expectTypeOf<Omit<Redemption, 'environment' | 'nonce'>>().toExtend<
    Omit<z.input<typeof import('#lib/wire/token').redeemBody>, 'environment' | 'nonce'>
  >()
  expectTypeOf<SameKeys<Redemption, RedeemBody>>().toEqualTypeOf<[never, never]>()
})

test('state and verdict tell TypeScript what a request has', () => {
  const narrow = (request: RequestAnswer) => {
    if (request.state === 'open') {
      expectTypeOf(request.verdict).toEqualTypeOf<'DEFER'>()
      expectTypeOf(request.ticket_url).toEqualTypeOf<string>()
      expectTypeOf(request.grant).toEqualTypeOf<null>()
    }
    if (request.verdict === 'ALLOW') expectTypeOf(request.grant).toEqualTypeOf<Grant>()
    if (request.verdict === 'DENY') expectTypeOf(request.state).toEqualTypeOf<'denied'>()
    if (request.state === 'rejected') expectTypeOf(request.closed).toEqualTypeOf<Closing>()
    if (request.state === 'expired') expectTypeOf(request.closed.by).toEqualTypeOf<null>()
    if (request.state === 'superseded') {
      expectTypeOf(request.superseded_by).toEqualTypeOf<string>()
    }
    // @ts-expect-error an open request has no grant, so nobody reads its state without asking
    return () => request.grant.state
  }
  expectTypeOf(client.waitFor).returns.resolves.toHaveProperty('poll').toEqualTypeOf<null>()
  expectTypeOf(client.list<'open'>)
    .returns.toHaveProperty(Symbol.asyncIterator)
    .returns.toExtend<AsyncIterator<{ state: 'open' }>>()
  expectTypeOf(guard<number>)
    .returns.resolves.toHaveProperty('value')
    .toEqualTypeOf<number>()
  expect(narrow).toBeTypeOf('function')
})

test('what the server answers in each state has what the types say', async () => {
  const held = async (goal: string) => (await client.request({ ...DEPLOY, goal })).request_id
  const open = await client.get(await held('open'))
  expect(open).toMatchObject({
    state: 'open',
    verdict: 'DEFER',
    deadline_at: expect.any(String),
    ticket_url: expect.any(String),
    closed: null,
    grant: null,
    superseded_by: null,
    poll: { wait_seconds: expect.any(Number) },
  })

  const releasedId = await held('released')
  await release(w, releasedId)
  for (const id of [releasedId, (await client.request(STAGING)).request_id]) {
    expect(await client.get(id)).toMatchObject({
      state: 'released',
      verdict: 'ALLOW',
      grant: { state: 'ready' },
      poll: null,
    })
  }

  const rejectedId = await held('rejected')
  await reject(w, rejectedId, 'Wrong week.')
  const cancelledId = await held('cancelled')
  const expiredId = await held('expired')
  await expire(w, expiredId)
  const supersededId = await held('superseded')
  const { request_id: successor } = await client.request(DEPLOY, { supersedes: supersededId })
  const ended: [string, object][] = [
    [rejectedId, { state: 'rejected', closed: { by: expect.any(String), note: 'Wrong week.' } }],
    [(await client.cancel(cancelledId)).request_id, { state: 'cancelled' }],
    [expiredId, { state: 'expired', closed: { by: null } }],
    [supersededId, { state: 'superseded', superseded_by: successor }],
  ]
  for (const [id, more] of ended) {
    const request = await client.get(id)
    expect(request).toMatchObject({ verdict: 'DEFER', grant: null, poll: null, ...more })
    expect(request.closed).not.toBeNull()
  }

  const denied = await client.request({ ...DEPLOY, constraints: ['allowed_environment: staging'] })
  expect(denied).toMatchObject({ state: 'denied', verdict: 'DENY', grant: null, poll: null })
  const replaced = await client.request(STAGING)
  await client.request(STAGING, { supersedes: replaced.request_id })
  expect(await client.get(replaced.request_id)).toMatchObject({
    state: 'released',
    verdict: 'ALLOW',
    grant: { state: 'revoked' },
  })
})
