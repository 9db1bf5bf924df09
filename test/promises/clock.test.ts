import { describe, expect, it, onTestFinished } from 'vitest'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { submitRequest } from '#lib/commands/request/submit-request'
import { HOUR_MS } from '#lib/core/durations'
import { createPump } from '#lib/queue/create-pump'
import { createQueues } from '#lib/queue/create-queues'
import { createRuntime } from '#lib/runtime'
import { clockHandler } from '../../workers/clock'
import { testDatabase } from '../database'
import { approve, must, submit, world } from '../world'
import {
  collect,
  POLICY,
  publish,
  readyToRelease,
  redeem,
  released,
  standing,
  tamper,
} from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { db, config, log } = w.runtime

/** One tick of the clock worker, and then whatever it woke, as an evaluate worker does. */
async function tick(): Promise<void> {
  const queues = await createQueues(config, log)
  const pump = createPump(db, queues, { log, now: Date.now, everyMs: 3_600_000 })
  try {
    await clockHandler(
      w.runtime,
      pump,
      queues,
    )({ id: 'clock-1', data: { task: 'tick' }, attempt: 1 })
  } finally {
    await pump.stop()
    await queues.close()
  }
  const woken = await db.outbox.findMany({
    where: { topic: 'evaluate', doneAt: null },
    distinct: ['requestId'],
  })
  for (const { requestId } of woken)
    must(await reevaluate(w.runtime, { requestId, cause: 'clock' }))
}

/** The deadline was just now, after everything that has been given so far. */
const passed = (requestId: string) =>
  tamper(w, 'UPDATE requests SET deadline_at = clock_timestamp() WHERE id = $1', requestId)
/** The policy with a freeze that ends then, to the second below. */
function frozenUntil(at: number): string {
  const until = `${new Date(at).toISOString().slice(0, 19)}Z`
  const freeze = `{ from: 2020-01-01T00:00:00Z, until: ${until}, reason: Frozen }`
  return POLICY.replace('freezes: []', `freezes:\n      - ${freeze}`)
}
const ranOut = (requestId: string) =>
  tamper(w, 'UPDATE grants SET ends_at = clock_timestamp() WHERE request_id = $1', requestId)

describe('what is due by time alone happens without anybody', () => {
  it('a deadline: the request expires, and nobody is named', async () => {
    const requestId = await submit(w)
    await passed(requestId)
    await tick()
    expect(await standing(w, requestId)).toMatchObject({
      state: 'expired',
      closedBy: null,
      grant: null,
    })
  })

  it('a deadline that a worker comes to late: what was complete in time is released', async () => {
    const complete = await readyToRelease(w)
    const lacking = await submit(w)
    for (const requestId of [complete, lacking]) await passed(requestId)
    await tick()
    expect((await standing(w, complete)).state).toBe('released')
    expect((await standing(w, lacking)).state).toBe('expired')
  })

  it('a deadline: a vote that comes a moment later is refused, whether a worker was there or not', async () => {
    const requestId = await submit(w)
    await passed(requestId)
    expect(await approve(w, requestId, w.mara)).toMatchObject({
      refusal: { code: 'ticket_expired' },
    })
  })

  it('a change window: what waited for it alone is released when it opens', async () => {
    await publish(w, frozenUntil(Date.now() + HOUR_MS))
    const requestId = await readyToRelease(w)
    await tick()
    const outstanding = ['window:business_hours']
    expect(await standing(w, requestId)).toMatchObject({ state: 'open', outstanding })
    // Calendars are those of the current policy: it opens in a moment, however long the steps before took.
    await publish(w, frozenUntil(Date.now() + 500))
    const state = async () => {
      await tick()
      return (await standing(w, requestId)).state
    }
    await expect.poll(state, { timeout: 10_000 }).toBe('released')
    await publish(w, POLICY)
  })

  it('a change window that opens after the deadline helps nobody, however late the worker comes', async () => {
    const opensAt = Date.now() + 1_500
    await publish(w, frozenUntil(opensAt))
    const requestId = await readyToRelease(w)
    await passed(requestId)
    await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan(opensAt)
    await tick()
    expect(await standing(w, requestId)).toMatchObject({ state: 'expired', grant: null })
    await publish(w, POLICY)
  })

  it('an execution window: the grant lapses, and its token is worth nothing', async () => {
    const requestId = await released(w)
    const token = await collect(w, requestId)
    await ranOut(requestId)
    await tick()
    expect((await standing(w, requestId)).grant).toMatchObject({
      state: 'lapsed',
      redeemedAt: null,
    })
    expect(await redeem(w, token)).toBe('grant_lapsed')
  })

  it('one grant that cannot be ended keeps neither the others nor the sealer waiting', async () => {
    const [broken, fine] = [await released(w), await released(w)]
    await tamper(w, `UPDATE requests SET hashed = 'no JSON' WHERE id = $1`, broken)
    onTestFinished(() =>
      tamper(w, `UPDATE grants SET state = 'lapsed' WHERE request_id = $1`, broken),
    )
    for (const requestId of [broken, fine]) await ranOut(requestId)
    const sealed = await db.logLeaf.count()
    await expect(tick()).rejects.toThrow(/^1 of \d+ timed deeds failed$/)
    expect((await standing(w, fine)).grant?.state).toBe('lapsed')
    expect(await db.logLeaf.count()).toBeGreaterThan(sealed)
  })

  it('a publication: every held request is looked at again, and its checklist with it', async () => {
    const requestId = await submit(w)
    await tick()
    const extra = '- evidence: rollback_plan\n      - evidence: impact_analysis'
    await publish(w, POLICY.replace('- evidence: rollback_plan', extra))
    await tick()
    expect((await standing(w, requestId)).outstanding).toContain('evidence:impact_analysis')
    await publish(w, POLICY)
  })
})

describe('at the release as at the redemption the stricter of then and now holds', () => {
  const rule = 'mfa: any, slack_totp: true }\n      - mfa: any\n      - evidence'
  const TWO = POLICY.replace(`count: 1, ${rule}`, `count: 2, ${rule}`)

  it('a policy that became stricter between vote and release asks everybody again', async () => {
    expect(TWO).not.toBe(POLICY)
    const requestId = await readyToRelease(w)
    await publish(w, TWO)
    await tick()
    const held = await standing(w, requestId)
    expect(held).toMatchObject({ state: 'open', grant: null })
    expect(held.outstanding).toContain('approval:release_managers')
    must(await approve(w, requestId, w.mara))
    await tick()
    expect((await standing(w, requestId)).state).toBe('open')
    must(await approve(w, requestId, w.tomas))
    await tick()
    expect((await standing(w, requestId)).state).toBe('released')
    await publish(w, POLICY)
  })

  it('one human who votes twice is one vote', async () => {
    await publish(w, TWO)
    const requestId = await readyToRelease(w)
    must(await approve(w, requestId, w.mara))
    must(await approve(w, requestId, w.mara))
    await tick()
    expect((await standing(w, requestId)).state).toBe('open')
    expect(await db.vote.count({ where: { requestId, endedAt: null } })).toBe(1)
    await publish(w, POLICY)
  })

  it('a voter who left before the release does not count', async () => {
    const requestId = await readyToRelease(w)
    const voter = { id: w.mara.id }
    await db.person.update({ where: voter, data: { active: false } })
    await tick()
    expect((await standing(w, requestId)).state).toBe('open')
    await db.person.update({ where: voter, data: { active: true } })
    must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
    expect((await standing(w, requestId)).state).toBe('released')
  })
})

it('a process with two connections serves twenty calls at once right after a publication', async () => {
  const requests: string[] = []
  for (let i = 0; i < 10; i++) requests.push(await readyToRelease(w))
  await publish(w, `${POLICY}# nobody has compiled this one\n`)
  const runtime = await createRuntime({ ...config, databasePoolMax: 2 })
  const { contract, callerId } = w
  const input = { contract, callerId, keyId: w.agent.keyId, runKey: null, supersedes: null }
  // Whoever holds a connection must not wait for one who waits for a connection: all of them would fail.
  const [states] = await Promise.all([
    Promise.all(requests.map((requestId) => reevaluate(runtime, { requestId, cause: 'test' }))),
    Promise.all(requests.map(() => submitRequest(runtime, input).then(must))),
  ])
  expect(states.map(must).map(({ state }) => state)).toEqual(Array(10).fill('released'))
  await runtime.close()
})
