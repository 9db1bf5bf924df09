import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, it } from 'vitest'
import { collectToken } from '#lib/commands/grant/collect-token'
import { lapseGrant } from '#lib/commands/grant/lapse-grant'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { changeEndpoint } from '#lib/commands/webhook/change-endpoint'
import { createEndpoint, MOST_ENDPOINTS } from '#lib/commands/webhook/create-endpoint'
import { deliverWebhook } from '#lib/commands/webhook/deliver-webhook'
import { replayDeliveries } from '#lib/commands/webhook/replay-deliveries'
import { rotateSecret } from '#lib/commands/webhook/rotate-secret'
import { sendTest } from '#lib/commands/webhook/send-test'
import { setEndpointState } from '#lib/commands/webhook/set-endpoint-state'
import { DAY_MS, HOUR_MS } from '#lib/core/durations'
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from '#lib/core/webhook/events'
import { takeDeliveries } from '#lib/db/webhook-rows'
import type { Runtime } from '#lib/runtime'
import { testDatabase } from '../database'
import { type Receiver, webhookReceiver } from '../webhook-receiver'
import { approve, attachPlan, must, submit, type World, world } from '../world'

const { url } = await testDatabase()
const w: World = await world(url, { env: { WEBHOOK_ALLOWED: '127.0.0.1' } })
const { db } = w.runtime

beforeEach(async () => {
  await db.webhookEndpoint.updateMany({ data: { state: 'removed' } })
})

const ALL = [...WEBHOOK_EVENT_TYPES]

async function endpoint(to: Receiver | string, eventTypes: WebhookEventType[] = ALL) {
  const address = typeof to === 'string' ? to : to.url
  const personId = w.owner.id
  const input = { callerId: w.callerId, personId, url: address, description: '', eventTypes }
  return must(await createEndpoint(w.runtime, input))
}

/** Sends what is due at this moment, as the pump and the worker do; returns how many were sent. */
async function deliver(runtime: Pick<Runtime, 'db' | 'now'> = w.runtime): Promise<number> {
  let sentCount = 0
  for (;;) {
    const now = runtime.now()
    const ids = await takeDeliveries(db, { now, queuedBefore: now - 60_000, limit: 200 })
    if (ids.length === 0) return sentCount
    const sent = await Promise.all(
      ids.map((id) => deliverWebhook({ ...w.runtime, ...runtime }, id)),
    )
    sentCount += sent.filter(Boolean).length
  }
}

const later = (ms: number): Runtime => ({ ...w.runtime, now: () => Date.now() + ms })
const types = (receiver: Receiver) =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)

async function released(): Promise<string> {
  const requestId = await submit(w)
  await attachPlan(w, requestId, w.mara)
  must(await approve(w, requestId, w.mara))
  must(await reevaluate(w.runtime, { requestId, cause: 'vote' }))
  return requestId
}

describe('a webhook', () => {
  it('tells each step once, signed so that the standardwebhooks package accepts it, thin, and with no token', async () => {
    const receiver = await webhookReceiver()
    const { secret } = await endpoint(receiver)
    const requestId = await released()
    const { token } = must(
      await collectToken(w.runtime, { requestId, callerId: w.callerId, keyId: w.runtimeKey.keyId }),
    )
    await deliver()
    expect(types(receiver).sort()).toEqual([
      'evidence.added',
      'request.deferred',
      'request.released',
    ])
    const { contractDigest, policyVersion } = await db.request.findUniqueOrThrow({
      where: { id: requestId },
    })
    for (const { id, timestamp, signature, body } of receiver.received) {
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signature,
      }
      const told = new Webhook(secret).verify(body, headers) as { data: Record<string, unknown> }
      expect(Object.keys(told).sort()).toEqual(['data', 'timestamp', 'type'])
      expect(Object.keys(told.data).sort()).toEqual(
        [
          'contract_digest',
          'ordinal',
          'policy_version',
          'request_id',
          'run_key',
          'state',
          'verdict',
        ].sort(),
      )
      expect(told.data).toMatchObject({
        request_id: requestId,
        contract_digest: contractDigest,
        policy_version: policyVersion,
      })
      for (const word of [token, secret, w.agent.key, 'Mara', 'OPS-214', 'Drain eu-west'])
        expect(body).not.toContain(word)
    }
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3)
    expect(await deliver()).toBe(0)
  })

  it('is queued with the audit entry that it tells, and named by its place there', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver)
    const requestId = await submit(w)
    const queued = await db.webhookDelivery.findMany({ where: { endpointId, requestId } })
    expect(queued.map(({ type }) => type)).toEqual(['request.deferred'])
    const events = await db.event.findMany({ where: { stream: `request:${requestId}` } })
    const opened = events.find(({ type }) => type === 'ticket.opened')
    expect(queued[0]?.eventId).toBe(`evt_${requestId.slice(4)}_${opened?.ordinal}`)
  })

  it('goes only to endpoints of its caller that are enabled and asked for the type', async () => {
    const [all, some, off] = await Promise.all([
      webhookReceiver(),
      webhookReceiver(),
      webhookReceiver(),
    ])
    await endpoint(all)
    await endpoint(some, ['request.cancelled'])
    const { endpointId } = await endpoint(off)
    must(await setEndpointState(w.runtime, { endpointId, personId: w.owner.id, state: 'disabled' }))
    const requestId = await submit(w)
    const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
    must(await cancelRequest(w.runtime, { requestId, actor, reason: null }))
    await deliver()
    expect(types(all).sort()).toEqual(['request.cancelled', 'request.deferred'])
    expect(types(some)).toEqual(['request.cancelled'])
    expect(off.received).toEqual([])
  })

  it('tells of a grant that lapsed', async () => {
    const receiver = await webhookReceiver()
    await endpoint(receiver, ['grant.lapsed'])
    const requestId = await released()
    await db.grant.update({ where: { requestId }, data: { endsAt: new Date(Date.now() - 1_000) } })
    must(await lapseGrant(w.runtime, requestId))
    await deliver()
    expect(types(receiver)).toEqual(['grant.lapsed'])
  })
})

describe('a receiver that is down', () => {
  it('for an hour gets everything once it is up, with the ids of the first try and fresh timestamps', async () => {
    const receiver = await webhookReceiver()
    const { endpointId, secret } = await endpoint(receiver, ['request.deferred'])
    receiver.answer(503)
    await submit(w)
    for (const ms of [0, 6_000, 6_000 + 301_000]) expect(await deliver(later(ms))).toBe(1)
    expect(await deliver(later(320_000))).toBe(0)
    receiver.answer(204)
    expect(await deliver(later(HOUR_MS))).toBe(1)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(new Set(receiver.received.map(({ timestamp }) => timestamp)).size).toBe(4)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    const last = receiver.received.at(-1)
    expect(last && receiver.verify(last, secret, Date.now() + HOUR_MS)).toBe(true)
    const log = await db.webhookAttempt.findMany({
      where: { delivery: { endpointId } },
      orderBy: { ordinal: 'asc' },
    })
    expect(log.map(({ status }) => status)).toEqual([503, 503, 503, 204])
    expect(
      JSON.stringify(log, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
    ).not.toContain('v1,')
  })

  it('is a dead letter after ten tries, and a replay begins anew with the same id', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver, ['request.deferred'])
    receiver.answer(500)
    await submit(w)
    for (let tried = 0; tried < 10; tried++) {
      await db.webhookEndpoint.update({ where: { id: endpointId }, data: { failingSince: null } })
      expect(await deliver(later(tried * 25 * HOUR_MS))).toBe(1)
    }
    expect(await deliver(later(400 * HOUR_MS))).toBe(0)
    const dead = await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } })
    expect(dead).toMatchObject({ state: 'dead', attempts: 10 })
    receiver.answer(200)
    const replay = { deliveryId: String(dead.id) }
    must(await replayDeliveries(w.runtime, { endpointId, personId: w.owner.id, replay }))
    expect(await deliver()).toBe(1)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } })).toMatchObject({
      state: 'delivered',
      attempts: 1,
      attemptsEver: 11,
    })
  })

  it('is told to the caller’s owner after an hour and disabled after five days, both on record', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver, ['request.deferred'])
    receiver.answer(500)
    await db.announcement.deleteMany()
    await submit(w)
    expect(await deliver()).toBe(1)
    await submit(w)
    expect(await deliver(later(HOUR_MS + 60_000))).toBe(2)
    const told = () =>
      db.announcement.findMany({ where: { personId: w.owner.id }, orderBy: { createdAt: 'asc' } })
    expect((await told()).map(({ text }) => text)).toEqual([expect.stringContaining('for an hour')])
    await deliver(later(6 * DAY_MS))
    expect(await db.webhookEndpoint.findUniqueOrThrow({ where: { id: endpointId } })).toMatchObject(
      { state: 'disabled', stateReason: 'failing' },
    )
    expect((await told()).map(({ text }) => text)).toContainEqual(
      expect.stringContaining('was disabled'),
    )
    const events = await db.event.findMany({
      where: { stream: `caller:${w.callerId}`, type: { startsWith: 'webhook.' } },
      orderBy: { seq: 'asc' },
    })
    expect(
      events
        .filter(({ body }) => JSON.stringify(body).includes(endpointId))
        .map(({ type }) => type),
    ).toEqual(['webhook.created', 'webhook.failing', 'webhook.disabled'])
  })

  it('that answers 410 is disabled at once', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver, ['request.deferred'])
    receiver.answer(410)
    await submit(w)
    await deliver()
    expect(await db.webhookEndpoint.findUniqueOrThrow({ where: { id: endpointId } })).toMatchObject(
      { state: 'disabled', stateReason: 'gone' },
    )
  })

  it('or hangs delays no other endpoint, and takes one place at a time once it fails', async () => {
    const hanging = await webhookReceiver()
    hanging.answer('hang')
    const { endpointId } = await endpoint(hanging, ['request.deferred'])
    const healthy = await Promise.all(Array.from({ length: 9 }, () => webhookReceiver()))
    for (const receiver of healthy) await endpoint(receiver, ['request.deferred'])
    await db.webhookEndpoint.update({
      where: { id: endpointId },
      data: { failingSince: new Date() },
    })
    for (let count = 0; count < 20; count++) await submit(w)
    const now = Date.now()
    const taken: string[] = []
    const rounds = async () => {
      for (;;) {
        const ids = await takeDeliveries(db, {
          now: Date.now(),
          queuedBefore: now - 60_000,
          limit: 200,
        })
        if (ids.length === 0) return
        taken.push(...ids)
        const rows = await db.webhookDelivery.findMany({ where: { id: { in: ids.map(BigInt) } } })
        const others = rows.filter((row) => row.endpointId !== endpointId)
        await Promise.all(others.map(({ id }) => deliverWebhook(w.runtime, String(id))))
      }
    }
    await rounds()
    for (const receiver of healthy) expect(receiver.received).toHaveLength(20)
    const rows = await db.webhookDelivery.findMany({
      where: { id: { in: taken.map(BigInt) }, endpointId },
    })
    expect(rows).toHaveLength(1)
  })
})

describe('a delivery', () => {
  it('is sent by one of many senders at a time', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver, ['request.deferred'])
    await submit(w)
    const { id } = await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } })
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => deliverWebhook(w.runtime, String(id))),
    )
    expect(sent.filter(Boolean)).toHaveLength(1)
    expect(receiver.received).toHaveLength(1)
  })

  it('whose sender died is sent again once the lease is over: at least once', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver, ['request.deferred'])
    await submit(w)
    const { id } = await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } })
    const died = deliverWebhook(w.runtime, String(id), () => Promise.reject(new Error('killed')))
    await expect(died).rejects.toThrow('killed')
    expect(await deliverWebhook(w.runtime, String(id))).toBeNull()
    expect(await deliverWebhook(later(61_000), String(id))).not.toBeNull()
    expect(receiver.received).toHaveLength(1)
  })
})

describe('an endpoint', () => {
  it('signs with both secrets for a day after a rotation, and with the new one alone when the old one leaked', async () => {
    const receiver = await webhookReceiver()
    const { endpointId, secret: first } = await endpoint(receiver, ['request.deferred'])
    const rotate = (endsOldAtOnce: boolean) =>
      rotateSecret(w.runtime, { endpointId, personId: w.owner.id, endsOldAtOnce })
    const { secret: second } = must(await rotate(false))
    await submit(w)
    await deliver()
    const [both] = receiver.received
    expect(both && [receiver.verify(both, first), receiver.verify(both, second)]).toEqual([
      true,
      true,
    ])
    await submit(w)
    await deliver(later(DAY_MS + 1_000))
    const after = receiver.received[1]
    expect(after && receiver.verify(after, first, Date.now() + DAY_MS)).toBe(false)
    const { secret: third } = must(await rotate(true))
    await submit(w)
    await deliver()
    const last = receiver.received[2]
    expect(last && [receiver.verify(last, second), receiver.verify(last, third)]).toEqual([
      false,
      true,
    ])
  })

  it('is managed by the caller’s owner and admins; to others it does not exist', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver)
    const by = { endpointId, personId: w.ines.id }
    const input = { url: receiver.url, description: '', eventTypes: ALL }
    const refusals = await Promise.all([
      createEndpoint(w.runtime, { ...input, callerId: w.callerId, personId: w.ines.id }),
      changeEndpoint(w.runtime, { ...input, ...by }),
      rotateSecret(w.runtime, { ...by, endsOldAtOnce: true }),
      setEndpointState(w.runtime, { ...by, state: 'removed' }),
      replayDeliveries(w.runtime, { ...by, replay: { from: 0, to: 1, which: 'all' } }),
      sendTest(w.runtime, by),
    ])
    for (const refused of refusals)
      expect(refused).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
    expect(receiver.received).toEqual([])
  })

  it('at a private address is refused when it is registered, changed and when it is sent to', async () => {
    const { runtime } = w
    for (const address of [
      'https://169.254.169.254/',
      'https://[::ffff:10.0.0.1]/',
      'http://10.0.0.1/',
      'https://[::10.0.0.1]/',
      'https://0xa9.0xfe.43518/',
    ]) {
      const input = {
        callerId: w.callerId,
        personId: w.owner.id,
        url: address,
        description: '',
        eventTypes: ALL,
      }
      expect(await createEndpoint(runtime, input)).toMatchObject({
        ok: false,
        refusal: { code: 'invalid_body' },
      })
    }
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver, ['request.deferred'])
    // As if the allow-list had been shortened since.
    await submit(w)
    const { id } = await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } })
    const { webhookAllowed } = (await import('#lib/config')).parseConfig({
      DATABASE_URL: url,
      COUNTERSIGN_SECRET: 'x'.repeat(40),
    })
    await deliverWebhook({ ...runtime, config: { ...runtime.config, webhookAllowed } }, String(id))
    expect(receiver.received).toEqual([])
    expect(await db.webhookAttempt.findFirstOrThrow({ where: { deliveryId: id } })).toMatchObject({
      error: 'private_address',
      status: null,
    })
  })

  it('that was disabled gets what it missed by a replay of the range, once', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver, ['request.deferred'])
    const state = (next: 'enabled' | 'disabled') =>
      setEndpointState(w.runtime, { endpointId, personId: w.owner.id, state: next })
    await submit(w)
    await deliver()
    must(await state('disabled'))
    const from = Date.now()
    await submit(w)
    await submit(w)
    const replay = { from, to: Date.now() + 1_000, which: 'missed' } as const
    const input = { endpointId, personId: w.owner.id, replay }
    expect(await replayDeliveries(w.runtime, input)).toMatchObject({ ok: false })
    must(await state('enabled'))
    expect(must(await replayDeliveries(w.runtime, input))).toEqual({ count: 2 })
    expect(must(await replayDeliveries(w.runtime, input))).toEqual({ count: 0 })
    await deliver()
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3)
    const all = { ...input, replay: { ...replay, which: 'all' } as const }
    expect(must(await replayDeliveries(w.runtime, all))).toEqual({ count: 2 })
  })

  it('can be tried: the answer is in the log, and a failure is not tried again', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await endpoint(receiver)
    receiver.answer(500)
    must(await sendTest(w.runtime, { endpointId, personId: w.owner.id }))
    expect(types(receiver)).toEqual(['webhook.test'])
    expect(await db.webhookDelivery.findFirstOrThrow({ where: { endpointId } })).toMatchObject({
      state: 'dead',
    })
    expect(await deliver(later(DAY_MS))).toBe(0)
  })

  it('is one of ten of a caller at most, also when many are added at once', async () => {
    const receiver = await webhookReceiver()
    const input = {
      callerId: w.callerId,
      personId: w.owner.id,
      url: receiver.url,
      description: '',
      eventTypes: ALL,
    }
    const made = await Promise.all(
      Array.from({ length: 14 }, () => createEndpoint(w.runtime, input)),
    )
    expect(made.filter(({ ok }) => ok)).toHaveLength(MOST_ENDPOINTS)
  })

  it('keeps its secret sealed: no row, entry or log holds it', async () => {
    const receiver = await webhookReceiver()
    const { secret } = await endpoint(receiver)
    await submit(w)
    await deliver()
    const tables = [
      'webhook_endpoints',
      'webhook_deliveries',
      'webhook_attempts',
      'events',
      'announcements',
      'outbox',
    ]
    for (const table of tables) {
      const [row] = await db.$queryRawUnsafe<{ text: string | null }[]>(
        `SELECT string_agg(t::text, ' ') AS text FROM ${table} t`,
      )
      expect(row?.text ?? '', table).not.toContain(secret.slice(6))
    }
  })
})
