import { beforeEach, describe, expect, it } from 'vitest'
import { changeEndpoint } from '#lib/commands/webhook/change-endpoint'
import { createEndpoint } from '#lib/commands/webhook/create-endpoint'
import { deliverWebhook, type Sender } from '#lib/commands/webhook/deliver-webhook'
import { forgetDeliveries } from '#lib/commands/webhook/forget-deliveries'
import { managedEndpoint } from '#lib/commands/webhook/may-manage'
import { replayDeliveries } from '#lib/commands/webhook/replay-deliveries'
import { sendTest } from '#lib/commands/webhook/send-test'
import { setEndpointState } from '#lib/commands/webhook/set-endpoint-state'
import { DAY_MS } from '#lib/core/durations'
import { takeDeliveries } from '#lib/db/webhook-rows'
import { readStanding } from '#lib/queries/metrics'
import { testDatabase } from '../database'
import { webhookReceiver } from '../webhook-receiver'
import { must, submit, world } from '../world'

const { url } = await testDatabase()
const w = await world(url, { env: { WEBHOOK_ALLOWED: '127.0.0.1' } })
const { db } = w.runtime
const TYPES = ['request.deferred' as const]

beforeEach(async () => {
  await db.webhookAttempt.deleteMany()
  await db.webhookDelivery.deleteMany()
  await db.webhookEndpoint.updateMany({ data: { state: 'removed' } })
})

/** An endpoint with one delivery that is due. */
async function due(address = 'https://old.example/') {
  const settings = { url: address, description: '', eventTypes: TYPES }
  const owner = { callerId: w.callerId, personId: w.owner.id }
  const { endpointId } = must(await createEndpoint(w.runtime, { ...owner, ...settings }))
  await submit(w)
  const { id } = await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } })
  return { endpointId, deliveryId: String(id), by: { endpointId, personId: w.owner.id } }
}

const answer =
  (status: number, meanwhile: () => Promise<unknown>): Sender =>
  async () => {
    await meanwhile()
    return { status, headers: {}, body: '', fault: null, latencyMs: 1 }
  }
const endpointOf = (id: string) => db.webhookEndpoint.findUniqueOrThrow({ where: { id } })

describe('while a delivery is under way', () => {
  it.each([410, 500, 200])(
    'its endpoint is moved: the %s of the old address says nothing of the new one',
    async (status) => {
      const { endpointId, deliveryId, by } = await due()
      const failing = { failingSince: new Date(Date.now() - 6 * DAY_MS), toldAt: new Date() }
      await db.webhookEndpoint.update({ where: { id: endpointId }, data: failing })
      const move = { ...by, url: 'https://new.example/', description: '', eventTypes: TYPES }
      const send = answer(status, async () => must(await changeEndpoint(w.runtime, move)))
      expect(await deliverWebhook(w.runtime, deliveryId, send)).toBeTruthy()
      expect(await endpointOf(endpointId)).toMatchObject({
        state: 'enabled',
        url: 'https://new.example/',
        failingSince: null,
        lastSuccessAt: null,
      })
    },
  )

  it('another one arrives: an endpoint that works again is not given up', async () => {
    const receiver = await webhookReceiver()
    const { endpointId, deliveryId, by } = await due(receiver.url)
    const failingSince = new Date(Date.now() - 6 * DAY_MS)
    await db.webhookEndpoint.update({ where: { id: endpointId }, data: { failingSince } })
    const send = answer(500, async () => must(await sendTest(w.runtime, by)))
    await deliverWebhook(w.runtime, deliveryId, send)
    const endpoint = await endpointOf(endpointId)
    expect(endpoint.state).toBe('enabled')
    expect(Date.now() - (endpoint.failingSince?.getTime() ?? 0)).toBeLessThan(DAY_MS)
  })
})

describe('nobody waits', () => {
  it('for whoever changes or replays an endpoint: requests are taken and queued for it meanwhile', async () => {
    const { by } = await due()
    await db.$transaction(async (tx) => {
      must(await managedEndpoint(tx, by))
      await submit(w)
    })
    expect(await db.webhookDelivery.count({ where: { endpointId: by.endpointId } })).toBe(2)
  })
})

describe('nothing is sent', () => {
  it('to an endpoint of a caller that was deactivated, and it is not told as late', async () => {
    const receiver = await webhookReceiver()
    const { deliveryId } = await due(receiver.url)
    await db.webhookDelivery.updateMany({ data: { dueAt: new Date(Date.now() - 120_000) } })
    expect((await readStanding(w.runtime)).webhooks).toMatchObject({ due: 1, late: 1 })
    await db.caller.update({ where: { id: w.callerId }, data: { active: false } })
    const now = Date.now()
    expect(await takeDeliveries(db, { now, queuedBefore: now - 60_000, limit: 200 })).toEqual([])
    expect(await deliverWebhook(w.runtime, deliveryId)).toBeFalsy()
    expect((await readStanding(w.runtime)).webhooks).toMatchObject({ due: 0, late: 0 })
    await db.caller.update({ where: { id: w.callerId }, data: { active: true } })
    expect(receiver.received).toEqual([])
  })

  it('where somebody disabled it, which is not told as late either', async () => {
    const { by } = await due()
    await db.webhookDelivery.updateMany({ data: { dueAt: new Date(Date.now() - 120_000) } })
    must(await setEndpointState(w.runtime, { ...by, state: 'disabled' }))
    expect((await readStanding(w.runtime)).webhooks).toMatchObject({ due: 0, late: 0 })
  })

  it('more than ten times a minute to try an endpoint, also when all is asked for at once', async () => {
    const receiver = await webhookReceiver()
    const { by } = await due(receiver.url)
    const tried = await Promise.all(Array.from({ length: 14 }, () => sendTest(w.runtime, by)))
    expect(tried.filter(({ ok }) => ok)).toHaveLength(10)
    expect(tried.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: 'too_many_requests' } })
    expect(receiver.received).toHaveLength(10)
  })

  it('as missed of which nobody knows any more whether it arrived', async () => {
    const { by } = await due()
    const to = Date.now() - 20 * DAY_MS
    const range = (which: 'missed' | 'all', from: number) =>
      replayDeliveries(w.runtime, { ...by, replay: { from, to, which } })
    expect(await range('missed', Date.now() - 31 * DAY_MS)).toMatchObject({
      refusal: { code: 'invalid_body', fields: [{ path: '/from' }] },
    })
    expect(await range('missed', Date.now() - 29 * DAY_MS)).toEqual({
      ok: true,
      value: { count: 0 },
    })
    expect(await range('all', Date.now() - 31 * DAY_MS)).toMatchObject({ ok: true })
  })
})

describe('the log of deliveries', () => {
  it('forgets as much as there is, a part at a time, and also what waits where nothing will be sent', async () => {
    const { endpointId, by } = await due()
    await db.$executeRawUnsafe(
      `INSERT INTO webhook_deliveries (endpoint_id, event_id, type, at, state, due_at, ended_at)
       SELECT $1, 'evt_' || n, 'request.deferred', now(), CASE WHEN n % 10 = 0 THEN 'due' ELSE 'delivered' END, now(),
         CASE WHEN n % 10 = 0 THEN NULL ELSE now() - n % 2 * interval '40 days' END
       FROM generate_series(1, 10000) n`,
      endpointId,
    )
    let rounds = 1
    while (await forgetDeliveries(w.runtime)) rounds += 1
    expect(rounds).toBeGreaterThan(1)
    const left = () => db.webhookDelivery.count({ where: { endpointId } })
    expect(await left()).toBe(5_001)
    must(await setEndpointState(w.runtime, { ...by, state: 'removed' }))
    const later = { ...w.runtime, now: () => Date.now() + 91 * DAY_MS }
    while (await forgetDeliveries(later)) rounds += 1
    expect(await left()).toBe(0)
  })
})
