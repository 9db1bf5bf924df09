import { describe, expect, it } from 'vitest'
import { collectToken } from '#lib/commands/grant/collect-token'
import { redeemToken } from '#lib/commands/grant/redeem-token'
import { reportOutcome } from '#lib/commands/grant/report-outcome'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { sealLog } from '#lib/commands/seal-log'
import { castVote } from '#lib/commands/vote/cast-vote'
import { verifyChain } from '#lib/core/audit/chain'
import { testDatabase } from '../database'
import { approve, attachPlan, must, shownDigest, submit, world } from '../world'

const { url } = await testDatabase()
const w = await world(url)

async function stateOf(requestId: string): Promise<string> {
  const row = await w.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
  return row.state
}

const wake = (requestId: string) => reevaluate(w.runtime, { requestId, cause: 'test' })

async function released(): Promise<string> {
  const requestId = await submit(w)
  await attachPlan(w, requestId, w.aiko)
  must(await approve(w, requestId, w.mara))
  must(await wake(requestId))
  expect(await stateOf(requestId)).toBe('released')
  return requestId
}

const redemption = (token: string, nonce: string) => ({
  token,
  call: { observed: {}, acknowledgedObligations: [], environment: 'production' },
  nonce,
  callerId: w.callerId,
  keyId: w.runtimeKey.keyId,
  audience: 'deploy-runner',
})

describe('the main loop', () => {
  it("holds the seed's contract with an issue for each thing that is missing", async () => {
    const requestId = await submit(w)
    const row = await w.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect(row.state).toBe('open')
    expect(row.verdict).toBe('DEFER')
    const codes = (row.issues as { code: string }[]).map(({ code }) => code)
    expect(codes).toEqual(
      expect.arrayContaining([
        'approval_missing',
        'mfa_missing',
        'rollback_plan_missing',
        'unbound_arguments',
      ]),
    )
  })

  it('releases once plan and vote are there, hands out one token and redeems it once', async () => {
    const requestId = await released()
    const collect = { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }
    const first = must(await collectToken(w.runtime, collect))
    const again = must(await collectToken(w.runtime, collect))
    expect(again.token).toBe(first.token)
    const nonce = 'a nonce that lives in memory'
    expect(must(await redeemToken(w.runtime, redemption(first.token, nonce))).isReplay).toBe(false)
    expect(must(await redeemToken(w.runtime, redemption(first.token, nonce))).isReplay).toBe(true)
    const second = await redeemToken(w.runtime, redemption(first.token, 'another nonce, 2nd run'))
    expect(second).toMatchObject({ ok: false, refusal: { code: 'already_redeemed' } })
    const report = { ...collect, outcome: 'succeeded' as const, detail: null }
    expect(must(await reportOutcome(w.runtime, report)).outcome).toBe('succeeded')
  })

  it('asks a voter to confirm a plan that came after their vote', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    await attachPlan(w, requestId, w.aiko)
    must(await wake(requestId))
    const held = await w.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect(held.state).toBe('open')
    expect(held.outstanding).toEqual(['evidence:rollback_plan'])
    must(await approve(w, requestId, w.mara))
    must(await wake(requestId))
    expect(await stateOf(requestId)).toBe('released')
  })

  it('lets nobody behind the request vote', async () => {
    const requestId = await submit(w)
    const vote = await approve(w, requestId, w.owner)
    expect(vote).toMatchObject({ ok: false, refusal: { code: 'own_request' } })
  })

  it('refuses a vote for another review than the one that stands', async () => {
    const requestId = await submit(w)
    const digest = await shownDigest(w.runtime, requestId)
    await attachPlan(w, requestId, w.aiko)
    const vote = await castVote(w.runtime, {
      requestId,
      personId: w.mara.id,
      choice: 'approve',
      channel: 'web',
      reviewDigest: digest,
      mfa: { kind: 'totp', code: await w.mara.code() },
      note: null,
      reason: null,
    })
    expect(vote).toMatchObject({ ok: false, refusal: { code: 'review_changed' } })
  })

  it('ends at any eligible reject, and tells the reason', async () => {
    const requestId = await submit(w)
    must(
      await castVote(w.runtime, {
        requestId,
        personId: w.tomas.id,
        choice: 'reject',
        channel: 'web',
        reviewDigest: await shownDigest(w.runtime, requestId),
        mfa: null,
        note: 'Wrong week.',
        reason: 'not_now',
      }),
    )
    const row = await w.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect(row).toMatchObject({ state: 'rejected', closedBy: w.tomas.id })
    expect(row.closeReason).toMatchObject({ reason: 'not_now', note: 'Wrong week.' })
  })

  it('expires without naming anybody when nobody answered in time', async () => {
    const requestId = await submit(w)
    await w.runtime.db.request.update({
      where: { id: requestId },
      data: { deadlineAt: new Date(Date.now() - 1000) },
    })
    const late = await approve(w, requestId, w.mara)
    expect(late).toMatchObject({ ok: false, refusal: { code: 'ticket_expired' } })
    must(await wake(requestId))
    const row = await w.runtime.db.request.findUniqueOrThrow({ where: { id: requestId } })
    expect(row).toMatchObject({ state: 'expired', closedBy: null })
  })

  it('takes one request for one run, and refuses another contract under its name', async () => {
    const first = await submit(w, w.contract, 'run-1')
    expect(await submit(w, w.contract, 'run-1')).toBe(first)
    const other = { ...w.contract, goal: 'Something else' }
    await expect(submit(w, other, 'run-1')).rejects.toThrow('run_reused')
  })

  it('keeps an audit chain for each request that verifies, and seals it', async () => {
    const requestId = await released()
    const entries = await w.runtime.db.event.findMany({
      where: { stream: `request:${requestId}` },
      orderBy: { ordinal: 'asc' },
    })
    const chain = { stream: `request:${requestId}`, head: null }
    const hashed = entries.map((row) => ({
      v: 1 as const,
      stream: row.stream,
      ordinal: row.ordinal,
      type: row.type,
      at: row.at.toISOString(),
      actor: row.actor as never,
      body: row.body as never,
      prev: row.prev,
      hash: row.hash,
    }))
    expect(verifyChain(chain, hashed)).toMatchObject({ ok: true })
    expect(await sealLog(w.runtime)).toBeGreaterThan(entries.length)
    expect(await sealLog(w.runtime)).toBe(0)
  })
})

describe('races on real PostgreSQL', () => {
  it('100 parallel votes, expiries and cancels leave one terminal state and at most one grant', async () => {
    const requestId = await submit(w)
    await attachPlan(w, requestId, w.aiko)
    const digest = await shownDigest(w.runtime, requestId)
    await w.runtime.db.request.update({
      where: { id: requestId },
      data: { deadlineAt: new Date(Date.now() + 150) },
    })
    const code = await w.mara.code()
    const vote = () =>
      castVote(w.runtime, {
        requestId,
        personId: w.mara.id,
        choice: 'approve',
        channel: 'web',
        reviewDigest: digest,
        mfa: { kind: 'totp', code },
        note: null,
        reason: null,
      })
    const cancel = () =>
      cancelRequest(w.runtime, {
        requestId,
        actor: { kind: 'caller', id: w.callerId, keyId: w.agent.keyId },
        reason: null,
      })
    const kinds = [vote, () => wake(requestId), vote, () => wake(requestId), cancel]
    const work = Array.from({ length: 100 }, (_, i) => (kinds[i % kinds.length] ?? vote)())
    await Promise.all(work)
    const events = await w.runtime.db.event.findMany({ where: { stream: `request:${requestId}` } })
    const endings = events.filter(({ type }) =>
      /^request\.(released|rejected|denied|expired|cancelled|superseded)$/.test(type),
    )
    expect(endings).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'vote.cast').length).toBeLessThanOrEqual(1)
    expect(events.filter(({ type }) => type === 'grant.created').length).toBeLessThanOrEqual(1)
    expect(events.map(({ ordinal }) => ordinal).sort((a, b) => a - b)).toEqual(
      events.map((_, index) => index + 1),
    )
  })

  it('50 parallel redemptions give exactly one ok', async () => {
    const requestId = await released()
    const { token } = must(
      await collectToken(w.runtime, { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }),
    )
    const tries = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        redeemToken(w.runtime, redemption(token, `nonce of runtime number ${i}`)),
      ),
    )
    expect(tries.filter(({ ok }) => ok)).toHaveLength(1)
    const codes = tries.flatMap((one) => (one.ok ? [] : [one.refusal.code]))
    expect(new Set(codes)).toEqual(new Set(['already_redeemed']))
  })
})
