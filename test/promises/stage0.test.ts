import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { collectToken } from '#lib/commands/grant/collect-token'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { wakeDue } from '#lib/commands/request/wake-due'
import type { Contract } from '#lib/core/contract/contract'
import { testDatabase } from '../database'
import { type Stage0Reply, startStage0Double } from '../stage0-double'
import { approve, attachPlan, must, shownDigest, submit, world } from '../world'
import {
  collect,
  POLICY,
  publish,
  readyToRelease,
  redeem,
  released,
  settled,
  standing,
  tamper,
} from './steps'

const stage0 = await startStage0Double()
afterAll(() => stage0.close())
const { url } = await testDatabase()
const w = await world(url, {
  env: { STAGE0_URL: stage0.url, STAGE0_KEY: stage0.key, STAGE0_TIMEOUT_MS: '1000' },
})
const { db } = w.runtime

beforeEach(() => {
  stage0.reply(undefined)
  stage0.asks.length = 0
})

const READ: Contract = { goal: 'Look up the runbook', tools: ['search.docs'] }
const ALLOW = { body: { verdict: 'ALLOW', decision: 'GO', issues: [] } }
const DENY = {
  body: {
    verdict: 'DENY',
    decision: 'NO_GO',
    issues: [{ code: 'SCOPE', severity: 'HIGH', message: 'Wrong scope.' }],
  },
}
const DEFER = { body: { verdict: 'DEFER', decision: 'DEFER', issues: [] } }

type Issues = { code: string; severity: string }[]
const codes = (row: { issues: unknown }) => (row.issues as Issues).map(({ code }) => code)
const asked = () =>
  stage0.asks.map(({ body }) => (body as { context: Record<string, unknown> }).context)

/** As if this much time had passed for what Stage0 has answered. */
async function later(requestId: string, minutes: number): Promise<void> {
  await tamper(
    w,
    `UPDATE decision_answers SET at = at - $2 * interval '1 minute', retry_at = retry_at - $2 * interval '1 minute' WHERE request_id = $1`,
    requestId,
    minutes,
  )
  await db.$executeRawUnsafe(
    `UPDATE requests SET next_check_at = next_check_at - $2 * interval '1 minute' WHERE id = $1`,
    requestId,
    minutes,
  )
}

/** What the clock worker and then an evaluate worker do. Only what time has made due is looked at. */
async function clockTicks(requestId: string) {
  await wakeDue(db)
  if ((await db.outbox.count({ where: { requestId, doneAt: null } })) > 0) {
    must(await reevaluate(w.runtime, { requestId, cause: 'clock' }))
  }
  return await standing(w, requestId)
}

describe('Stage0 and our own policy: the stricter one wins', () => {
  it('its ALLOW lets through what our policy allows, at once', async () => {
    stage0.reply(ALLOW)
    expect(await standing(w, await submit(w, READ))).toMatchObject({
      state: 'released',
      verdict: 'ALLOW',
    })
  })

  it('its ALLOW satisfies nothing that our policy asks for', async () => {
    stage0.reply(ALLOW)
    const row = await standing(w, await submit(w))
    expect(row.state).toBe('open')
    expect(row.outstanding).toContain('approval:release_managers')
  })

  it('gives nobody another review to read while it has not answered about the latest vote', async () => {
    await publish(w, POLICY.replaceAll('release_managers, count: 1', 'release_managers, count: 2'))
    stage0.reply(ALLOW)
    const requestId = await submit(w)
    const shown = await shownDigest(w.runtime, requestId)
    must(await approve(w, requestId, w.mara))
    expect(await shownDigest(w.runtime, requestId)).toBe(shown)
    expect((await settled(w, requestId)).state).toBe('open')
    expect(await shownDigest(w.runtime, requestId)).toBe(shown)
    await publish(w, POLICY)
  })

  it('its DENY denies, and names nobody', async () => {
    stage0.reply(DENY)
    const row = await standing(w, await submit(w, READ))
    expect(row).toMatchObject({ state: 'denied', verdict: 'DENY', closedBy: null, grant: null })
    expect(codes(row)).toContain('stage0.SCOPE')
  })

  it('its DENY of a held request denies it, whatever people have given', async () => {
    const requestId = await readyToRelease(w)
    stage0.reply(DENY)
    expect(await settled(w, requestId)).toMatchObject({ state: 'denied', grant: null })
  })

  it('its DEFER holds, until it is asked again and says otherwise', async () => {
    stage0.reply(DEFER)
    const requestId = await submit(w, READ)
    expect(await standing(w, requestId)).toMatchObject({ state: 'open', verdict: 'DEFER' })
    stage0.reply(ALLOW)
    expect((await clockTicks(requestId)).state).toBe('open')
    await later(requestId, 6)
    expect((await clockTicks(requestId)).state).toBe('released')
  })

  it('is asked with what is recorded, never with what the agent claims', async () => {
    const context = { ...w.contract.context, approval_status: 'approved', rollback_plan: true }
    const requestId = await submit(w, { ...w.contract, context })
    expect(asked()).toMatchObject([{ approval_status: 'pending', rollback_plan: false }])
    expect((await standing(w, requestId)).state).toBe('open')
    await attachPlan(w, requestId, w.aiko)
    must(await approve(w, requestId, w.mara))
    expect((await settled(w, requestId)).state).toBe('released')
    expect(asked().at(-1)).toMatchObject({ approval_status: 'approved', rollback_plan: true })
  })
})

const FAULTS: [string, Stage0Reply][] = [
  ['hangs', () => undefined],
  ['closes the connection', (response) => response.destroy()],
  [
    'trickles its answer',
    (response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).write('{"verdict"'),
  ],
  ['fails', { status: 500, body: { verdict: 'ALLOW' } }],
  ['wants to be paid', { status: 402, body: { verdict: 'ALLOW' } }],
  ['is asked too often', { status: 429, headers: { 'retry-after': '20' }, body: {} }],
  ['refuses the key', { status: 401, body: {} }],
  [
    'redirects',
    { status: 302, headers: { location: 'https://elsewhere.example/' }, body: ALLOW.body },
  ],
  ['answers with no JSON', { body: 'ALLOW' }],
  ['answers with a page', { headers: { 'content-type': 'text/html' }, body: '<p>ALLOW</p>' }],
  ['answers with another verdict', { body: { verdict: 'SURE', decision: 'GO', issues: [] } }],
  ['answers without a verdict', { body: { issues: [] } }],
  ['contradicts itself', { body: { verdict: 'ALLOW', decision: 'NO_GO', issues: [] } }],
  ['answers with too much', { body: { ...ALLOW.body, more: 'x'.repeat(100_000) } }],
]

describe('a Stage0 that cannot be asked holds, says so, and is asked again by itself', () => {
  it.each(FAULTS)('that %s', async (_fault, reply) => {
    stage0.reply(reply)
    const requestId = await submit(w, READ)
    const held = await standing(w, requestId)
    expect(held).toMatchObject({ state: 'open', verdict: 'DEFER', grant: null })
    expect(codes(held)).toEqual(['decision_point_unavailable'])
    expect(held.nextCheckAt?.getTime()).toBeGreaterThan(Date.now())

    stage0.reply(ALLOW)
    stage0.asks.length = 0
    // Before its time it is left alone.
    expect((await clockTicks(requestId)).state).toBe('open')
    expect(stage0.asks).toHaveLength(0)
    await later(requestId, 60)
    expect((await clockTicks(requestId)).state).toBe('released')
  })

  it('that is down while people work loses none of it', async () => {
    stage0.reply((response) => response.destroy())
    const requestId = await readyToRelease(w)
    const held = await settled(w, requestId)
    expect(held).toMatchObject({ state: 'open', outstanding: ['decision_point:stage0'] })
    stage0.reply(undefined)
    await later(requestId, 1)
    expect((await clockTicks(requestId)).state).toBe('released')
  })

  it('that policy names and nobody has set up holds, and is looked at again', async () => {
    await publish(w, `${POLICY}\ndecision_points:\n  opa: { max_age: 5m }\n`)
    stage0.reply(ALLOW)
    const held = await standing(w, await submit(w, READ))
    expect(held).toMatchObject({ state: 'open', outstanding: ['decision_point:opa'] })
    expect(held.nextCheckAt?.getTime()).toBeLessThan(Date.now() + 60_000)
    await publish(w, POLICY)
  })

  it('that is still down at the deadline: the request expires, and nobody is named', async () => {
    stage0.reply((response) => response.destroy())
    const requestId = await readyToRelease(w)
    await db.request.update({ where: { id: requestId }, data: { deadlineAt: new Date() } })
    expect(await settled(w, requestId)).toMatchObject({
      state: 'expired',
      closedBy: null,
      grant: null,
    })
  })

  it('that thinks while somebody votes is asked again about the vote', async () => {
    const requestId = await submit(w)
    await attachPlan(w, requestId, w.aiko)
    const contexts: unknown[] = []
    let voting: Promise<unknown> | undefined
    stage0.reply((response, ask) => {
      const { context } = ask.body as { context: Record<string, unknown> }
      contexts.push(context['approval_status'])
      const answer = () => {
        const isApproved = context['approval_status'] === 'approved'
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify((isApproved ? ALLOW : DEFER).body))
      }
      voting ??= approve(w, requestId, w.mara)
      void voting.then(answer)
    })
    // One evaluation, nobody wakes another: the vote that came in between must not be overlooked.
    expect((await settled(w, requestId)).state).toBe('released')
    expect(contexts).toEqual(['pending', 'approved'])
  })
})

describe('at redemption Stage0 is asked again when its answer has aged', () => {
  it('down: refused for now, and the grant stays until it answers', async () => {
    const requestId = await released(w)
    const token = await collect(w, requestId)
    await later(requestId, 6)
    stage0.reply((response) => response.destroy())
    expect(await redeem(w, token)).toBe('decision_point_unavailable')
    expect((await standing(w, requestId)).grant?.state).toBe('collected')
    stage0.reply(undefined)
    await later(requestId, 1)
    expect(await redeem(w, token)).toBe('ok')
  })

  it('DENY: the grant is burnt', async () => {
    const requestId = await released(w)
    const token = await collect(w, requestId)
    await later(requestId, 6)
    stage0.reply(DENY)
    expect(await redeem(w, token)).toBe('policy_tightened')
    expect((await standing(w, requestId)).grant?.state).toBe('burnt')
  })

  it('no token is collected on an answer that is too old', async () => {
    const requestId = await released(w)
    await later(requestId, 6)
    const ask = { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }
    stage0.reply((response) => response.destroy())
    const code = 'decision_point_unavailable'
    expect(await collectToken(w.runtime, ask)).toMatchObject({ ok: false, refusal: { code } })
    stage0.reply(undefined)
    await later(requestId, 1)
    must(await collectToken(w.runtime, ask))
  })
})
