import { beforeEach, describe, expect, it } from 'vitest'
import { reportOutcome } from '#lib/commands/grant/report-outcome'
import { tellUnreported } from '#lib/commands/grant/tell-unreported'
import { HOUR_MS } from '#lib/core/durations'
import { testDatabase } from '../database'
import { must, world } from '../world'
import { collect, redeem, released } from './steps'

const { url } = await testDatabase()
const w = await world(url)
const { db } = w.runtime
const CALLER = `caller:${w.callerId}`

beforeEach(async () => {
  await db.announcement.deleteMany()
})

const later = (ms: number) => ({ ...w.runtime, now: () => Date.now() + ms })
const told = () => db.announcement.findMany({ where: { personId: w.owner.id } })
const onRecord = (requestId: string) =>
  db.event.findMany({
    where: {
      stream: CALLER,
      type: 'grant.unreported',
      body: { path: ['request'], equals: requestId },
    },
  })

async function redeemed(): Promise<string> {
  const requestId = await released(w)
  expect(await redeem(w, await collect(w, requestId))).toBe('ok')
  return requestId
}
const report = (requestId: string) =>
  reportOutcome(w.runtime, {
    requestId,
    callerId: w.callerId,
    keyId: w.runtimeKey.keyId,
    outcome: 'unknown',
    detail: null,
  })

describe('a redemption of which nothing is reported', () => {
  it('is told to the caller’s owner after an hour, once, however many workers look, and is on record', async () => {
    const requestId = await redeemed()
    expect(await tellUnreported(later(HOUR_MS - 60_000))).toBe(0)
    const workers = await Promise.all([1, 2, 3].map((n) => tellUnreported(later(HOUR_MS + n))))
    expect(workers.sort()).toEqual([0, 0, 1])
    expect(await tellUnreported(later(24 * HOUR_MS))).toBe(0)
    const [event, ...more] = await onRecord(requestId)
    expect(more).toEqual([])
    expect(event?.actor).toEqual({ kind: 'system' })
    expect(await told()).toMatchObject([
      {
        eventSeq: event?.seq,
        audience: 'person',
        text: expect.stringMatching(
          new RegExp(`^ci-release redeemed request ${requestId} an hour`),
        ),
      },
    ])
  })

  it('can still be reported afterwards', async () => {
    const requestId = await redeemed()
    expect(await tellUnreported(later(2 * HOUR_MS))).toBe(1)
    must(await report(requestId))
    expect(await db.grant.findUniqueOrThrow({ where: { requestId } })).toMatchObject({
      state: 'reported',
      unreportedToldAt: expect.any(Date),
    })
  })

  it('is nothing to tell where an outcome came, also an unknown one, or nothing was redeemed', async () => {
    must(await report(await redeemed()))
    await collect(w, await released(w))
    expect(await tellUnreported(later(3 * HOUR_MS))).toBe(0)
    expect(await told()).toEqual([])
  })

  it('that cannot be told keeps no other from being told', async () => {
    await redeemed()
    await redeemed()
    let tries = 0
    const newId: typeof w.runtime.newId = (prefix) => {
      tries += 1
      if (tries === 1) throw new Error('a fault of one')
      return w.runtime.newId(prefix)
    }
    await expect(tellUnreported({ ...later(4 * HOUR_MS), newId })).rejects.toThrow(AggregateError)
    expect(await told()).toHaveLength(1)
    expect(await tellUnreported(later(4 * HOUR_MS))).toBe(1)
  })
})
