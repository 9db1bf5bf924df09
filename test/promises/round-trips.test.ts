import { afterAll, expect, it } from 'vitest'
import { createSession, type SignedIn, verifySession } from '#lib/auth/session'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { castVote } from '#lib/commands/vote/cast-vote'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import { inboxView } from '#lib/queries/inbox/inbox-view'
import { pageView } from '#lib/queries/page-view'
import { ticketDeliveries } from '#lib/queries/slack/ticket-deliveries'
import { ticketView } from '#lib/queries/ticket/ticket-view'
import { createRuntime } from '#lib/runtime'
import { inboxQuery } from '#lib/wire/inbox'
import { apiOf } from '../api'
import { enrolSoftwarePasskey } from '../auth-world'
import { testDatabase } from '../database'
import { startPgProxy } from '../pg-proxy'
import { attachPlan, must, shownDigest, submit, type World, world } from '../world'
import { collect, readyToRelease, redeem, redemption, released } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const proxy = await startPgProxy(url)
const counted = await createRuntime({ ...w.runtime.config, databaseUrl: proxy.url })
afterAll(async () => {
  await counted.close()
  await proxy.close()
})
/** What is announced after the commit keeps nobody waiting, so it is not counted. */
const runtime = { ...counted, announce: () => undefined }
const through: World = { ...w, runtime }
const { ask } = apiOf(runtime, url)
const AGENT = { key: w.agent.key }
const RUNNER = { key: w.runtimeKey.key }

// His first factor, so that nothing has to vouch for it.
await w.runtime.db.totp.delete({ where: { personId: w.tomas.id } })
const { passkey, id: passkeyId } = await enrolSoftwarePasskey(w.runtime, w.tomas.id, null)
await w.runtime.db.passkey.update({
  where: { id: passkeyId },
  data: { confirmedAt: new Date(Date.now() - 86_400_000) },
})

async function voteOn(requestId: string) {
  const reviewDigest = await shownDigest(w.runtime, requestId)
  return { requestId, channel: 'web', reviewDigest, note: null } as const
}

/** One call, made ready outside of what is counted. */
type Prepare = () => Promise<() => Promise<unknown>>

const post = (path: string, key: { key: string }, body?: unknown) =>
  ask('POST', path, { ...key, ...(body !== undefined && { body }) }).then(({ status }) => {
    expect(status).toBeLessThan(300)
  })
const fresh: Prepare = () => Promise.resolve(() => post('/v1/requests', AGENT, w.contract))

/** What a page reads: who asks, the frame, and what it shows. */
async function page(view: (viewer: SignedIn) => Promise<unknown>) {
  const { id: personId } = w.mara
  const sessionId = w.runtime.newId('ses')
  const session = { id: sessionId, personId, method: 'link', userAgent: null } as const
  await createSession(w.runtime.db, session, w.runtime.now())
  return async () => {
    const viewer = must(await verifySession(runtime.db, sessionId, runtime.now()))
    await Promise.all([pageView(runtime, { id: personId, name: viewer.name }), view(viewer)])
  }
}

const inbox = (asked: Record<string, string>) => () =>
  page(({ personId }) => inboxView(runtime, personId, inboxQuery.parse(asked)))

/** Round trips as they are today, BEGIN and COMMIT counted. A number that grows has to be explained here. */
const CALLS: [string, number, Prepare][] = [
  ['submit, held', 4, fresh],
  [
    'submit, allowed at once',
    8,
    () =>
      Promise.resolve(() => post('/v1/requests', AGENT, { goal: 'Read', tools: ['search.docs'] })),
  ],
  [
    'submit again under the same run',
    3,
    async () => {
      const contract = { ...w.contract, run_id: `run-${w.runtime.newId('req')}` }
      await post('/v1/requests', AGENT, contract)
      return () => post('/v1/requests', AGENT, contract)
    },
  ],
  [
    'read',
    2,
    async () => {
      const id = await submit(w)
      return () => ask('GET', `/v1/requests/${id}`, AGENT)
    },
  ],
  [
    'vote by code',
    7,
    async () => {
      const vote = await voteOn(await submit(w))
      const mfa = { kind: 'totp', code: await w.mara.code() } as const
      const input = { ...vote, mfa, choice: 'approve', personId: w.mara.id, reason: null } as const
      return async () => must(await castVote(runtime, input))
    },
  ],
  [
    'vote by passkey',
    9,
    async () => {
      const vote = {
        ...(await voteOn(await submit(w))),
        choice: 'approve',
        personId: w.tomas.id,
      } as const
      const { options } = must(await startVoteChallenge(w.runtime, vote))
      const mfa = { kind: 'passkey', assertion: passkey.sign(options) } as const
      return async () => must(await castVote(runtime, { ...vote, mfa, reason: null }))
    },
  ],
  [
    'reject',
    5,
    async () => {
      const vote = { ...(await voteOn(await submit(w))), mfa: null, personId: w.mara.id } as const
      return async () =>
        must(await castVote(runtime, { ...vote, choice: 'reject', reason: 'not_now' }))
    },
  ],
  [
    'attach evidence',
    5,
    async () => {
      const id = await submit(w)
      return () => attachPlan(through, id, w.aiko)
    },
  ],
  [
    'evaluate and release',
    5,
    async () => {
      const requestId = await readyToRelease(w)
      return async () => {
        expect(must(await reevaluate(runtime, { requestId, cause: 'test' })).state).toBe('released')
      }
    },
  ],
  [
    'collect',
    6,
    async () => {
      const id = await released(w)
      return () => post(`/v1/requests/${id}/token`, RUNNER)
    },
  ],
  [
    'collect again',
    5,
    async () => {
      const id = await released(w)
      await collect(w, id)
      return () => post(`/v1/requests/${id}/token`, RUNNER)
    },
  ],
  [
    'redeem',
    6,
    async () => {
      const { nonce, call } = redemption(w, '')
      const body = {
        token: await collect(w, await released(w)),
        nonce,
        environment: call.environment,
      }
      return () => post('/v1/tokens/redeem', RUNNER, body)
    },
  ],
  [
    'report',
    6,
    async () => {
      const id = await released(w)
      expect(await redeem(w, await collect(w, id))).toBe('ok')
      return () => post(`/v1/requests/${id}/outcome`, RUNNER, { outcome: 'succeeded' })
    },
  ],
  [
    'cancel',
    7,
    async () => {
      const id = await submit(w)
      return () => post(`/v1/requests/${id}/cancel`, AGENT)
    },
  ],
  ['the inbox page', 9, inbox({})],
  ['the inbox page, closed', 7, inbox({ view: 'closed' })],
  [
    'the ticket page',
    17,
    async () => {
      const requestId = await submit(w)
      return page((viewer) =>
        Promise.all([
          ticketView(runtime, { requestId, viewerId: viewer.personId }),
          ticketDeliveries(runtime, viewer, requestId),
        ]),
      )
    },
  ],
]

it.each(CALLS)('%s: %i round trips', async (name, most, prepare) => {
  // Policies, keys and connections are warm.
  await (await prepare())()
  const counts: number[] = []
  for (let turn = 0; turn < 3; turn++) {
    const call = await prepare()
    proxy.roundTrips()
    await call()
    counts.push(proxy.roundTrips())
  }
  // What reads side by side may need one connection more than the time before, and opening that is a trip of its own.
  expect([name, Math.min(...counts)]).toEqual([name, most])
})
