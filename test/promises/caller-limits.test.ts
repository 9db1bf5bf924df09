import { describe, expect, it } from 'vitest'
import { apiOf, type Told } from '../api'
import { testDatabase } from '../database'
import { world } from '../world'
import { anotherCaller, tamper } from './steps'

const { url } = await testDatabase()
const w = await world(url, { env: { CALLER_OPEN_LIMIT: '3', CALLER_SUBMITS_PER_MINUTE: '8' } })
const { db } = w.runtime
const { ask } = apiOf(w.runtime, url)

const HELD = w.contract
const ALLOWED = { goal: 'Read the handbook', tools: ['search.docs'] }
let count = 0

/** A caller of its own for each test, and what it sends. */
async function caller() {
  const { agent, callerId } = await anotherCaller(w, `caller-${++count}`)
  const submit = (body: object, headers: Record<string, string> = {}, query = '') =>
    ask('POST', `/v1/requests${query}`, { key: agent.key, body, headers })
  return {
    callerId,
    submit,
    key: agent.key,
    stored: () => db.request.count({ where: { callerId } }),
  }
}

const refusedAs = (told: Told, code: string) => {
  expect(told.body).toMatchObject({ code, status: 429, type: `urn:countersign:problem:${code}` })
  expect(told.status).toBe(429)
  const wait = Number(told.headers.get('retry-after'))
  expect(wait).toBeGreaterThanOrEqual(1)
  expect(wait).toBeLessThanOrEqual(60)
}

describe('a caller', () => {
  it('has no more requests held than it may; the next is refused and not stored', async () => {
    const { submit, stored } = await caller()
    for (let n = 0; n < 3; n++) expect((await submit(HELD)).status).toBe(202)
    refusedAs(await submit(HELD), 'too_many_open')
    expect(await stored()).toBe(3)
  })

  it('with all its places taken still has allowed at once what needs nobody', async () => {
    const { submit } = await caller()
    for (let n = 0; n < 3; n++) await submit(HELD)
    expect(await submit(ALLOWED)).toMatchObject({ status: 200, body: { verdict: 'ALLOW' } })
  })

  it('with all its places taken still hears how a run stands that it asks for again', async () => {
    const { submit } = await caller()
    const run = { 'idempotency-key': 'run-1' }
    const first = await submit(HELD, run)
    await submit(HELD)
    await submit(HELD)
    const again = await submit(HELD, run)
    expect(again.status).toBe(202)
    expect(again.body['request_id']).toBe(first.body['request_id'])
  })

  it('may replace a held request by another, and submit again once one is closed', async () => {
    const { submit, key } = await caller()
    const [first] = [await submit(HELD), await submit(HELD), await submit(HELD)]
    const earlier = String(first.body['request_id'])
    const next = await submit(HELD, {}, `?supersedes=${earlier}`)
    expect(next.status).toBe(202)
    refusedAs(await submit(HELD), 'too_many_open')
    await ask('POST', `/v1/requests/${String(next.body['request_id'])}/cancel`, { key })
    expect((await submit(HELD)).status).toBe(202)
  })

  it('takes no more places by replacing what held none', async () => {
    const { submit, stored } = await caller()
    const allowed = await submit(ALLOWED)
    for (let n = 0; n < 3; n++) await submit(HELD)
    const earlier = String(allowed.body['request_id'])
    refusedAs(await submit(HELD, {}, `?supersedes=${earlier}`), 'too_many_open')
    expect(await stored()).toBe(4)
  })

  it('does not take the places of another', async () => {
    const [one, other] = [await caller(), await caller()]
    for (let n = 0; n < 4; n++) await one.submit(HELD)
    expect((await other.submit(HELD)).status).toBe(202)
  })

  it('submits only so often in a minute, whatever the verdict, and is told when again', async () => {
    const { submit, stored, callerId } = await caller()
    for (let n = 0; n < 8; n++) expect((await submit(ALLOWED)).status).toBe(200)
    refusedAs(await submit(ALLOWED), 'too_many_requests')
    expect(await stored()).toBe(8)
    const earlier = `UPDATE requests SET submitted_at = submitted_at - interval '61 seconds' WHERE caller_id = $1`
    await tamper(w, earlier, callerId)
    expect((await submit(ALLOWED)).status).toBe(200)
  })

  it('that submits at once passes its limits by no more than what is under way', async () => {
    const { submit, stored } = await caller()
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(HELD)))
    expect(answers.every(({ status }) => status === 202 || status === 429)).toBe(true)
    expect(await stored()).toBe(answers.filter(({ status }) => status === 202).length)
    expect((await submit(HELD)).status).toBe(429)
  })
})
