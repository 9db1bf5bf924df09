import { beforeEach, describe, expect, test } from 'vitest'
import { createCaller } from '#lib/commands/directory/create-caller'
import { createEndpoint } from '#lib/commands/webhook/create-endpoint'
import { deliverWebhook } from '#lib/commands/webhook/deliver-webhook'
import { rotateSecret } from '#lib/commands/webhook/rotate-secret'
import { sendTest } from '#lib/commands/webhook/send-test'
import { setEndpointState } from '#lib/commands/webhook/set-endpoint-state'
import { WEBHOOK_EVENT_TYPES } from '#lib/core/webhook/events'
import { endpointQuery, webhooksQuery } from '#lib/wire/webhooks'
import { testDatabase } from '../../../test/database'
import { webhookReceiver } from '../../../test/webhook-receiver'
import { must, person, submit, world } from '../../../test/world'
import { deliveryView } from './delivery-view'
import { endpointView } from './endpoint-view'
import { webhooksView } from './webhooks-view'

const { url } = await testDatabase()
const w = await world(url, { env: { WEBHOOK_ALLOWED: '127.0.0.1' } })
const { db } = w.runtime
const OWNER = { personId: w.owner.id, roles: [] }
const ADMIN = { personId: w.tomas.id, roles: ['admin'] }
const STRANGER = { personId: w.mara.id, roles: ['approver', 'release_manager'] }

beforeEach(async () => {
  await db.webhookEndpoint.updateMany({ data: { state: 'removed' } })
})

async function added(address = 'https://hooks.example.com:8443/in/s3cret', callerId = w.callerId) {
  const caller = await db.caller.findUniqueOrThrow({ where: { id: callerId } })
  const settings = { url: address, description: 'Chat', eventTypes: [...WEBHOOK_EVENT_TYPES] }
  return must(await createEndpoint(w.runtime, { callerId, personId: caller.ownerId, ...settings }))
}
const listed = (viewer: Parameters<typeof webhooksView>[1], asked = {}) =>
  webhooksView(w.runtime, viewer, webhooksQuery.parse(asked))
const opened = (endpointId: string, asked: object = {}, viewer: typeof ADMIN = ADMIN) =>
  endpointView(w.runtime, viewer, { endpointId, query: endpointQuery.parse(asked) })

describe('endpoints', () => {
  test('are shown to who owns their caller and to admins, by their host alone', async () => {
    const { endpointId } = await added()
    const jo = await person(w.runtime, 'Jo Ek', [])
    const other = must(
      await createCaller(w.runtime, {
        name: 'another-agent',
        kind: 'agent',
        ownerId: jo.id,
        roles: [],
        environments: ['test'],
        audience: 'x',
        byPersonId: w.owner.id,
      }),
    )
    const theirs = await added('https://jo.example/', other.callerId)
    const mine = await listed(OWNER)
    expect(mine).toMatchObject({
      isAdmin: false,
      nextAfter: null,
      callers: [{ id: w.callerId, name: 'ci-release' }],
      rows: [
        {
          id: endpointId,
          host: 'hooks.example.com:8443',
          callerName: 'ci-release',
          state: 'enabled',
          since: null,
          lastSuccessAt: null,
          waitingCount: 0,
          deadCount: 0,
        },
      ],
    })
    expect(JSON.stringify(mine)).not.toContain('s3cret')
    const all = await listed(ADMIN)
    expect(all.rows.map(({ id }) => id)).toEqual([theirs.endpointId, endpointId])
    expect(await listed(STRANGER)).toMatchObject({ rows: [], callers: [] })
  })

  test('come fifty at a time, by caller, and each once', async () => {
    const { endpointId } = await added()
    const row = await db.webhookEndpoint.findUniqueOrThrow({ where: { id: endpointId } })
    const more = Array.from({ length: 60 }, (_, at) => ({
      ...row,
      id: `whe_7${String(at).padStart(25, '0')}`,
    }))
    await db.webhookEndpoint.createMany({ data: more })
    const first = await listed(ADMIN)
    expect(first.rows).toHaveLength(50)
    const second = await listed(ADMIN, { after: first.nextAfter })
    expect(second).toMatchObject({ nextAfter: null })
    const ids = [...first.rows, ...second.rows].map(({ id }) => id)
    expect(new Set(ids).size).toBe(61)
  })

  test('say since when they fail, or why they are disabled', async () => {
    const { endpointId } = await added()
    const at = new Date('2026-03-14T09:00:00Z')
    const is = async (data: object) => {
      await db.webhookEndpoint.update({ where: { id: endpointId }, data })
      return (await listed(OWNER)).rows[0]
    }
    const since = at.toISOString()
    expect(await is({ failingSince: at })).toMatchObject({ state: 'failing', since })
    const off = { state: 'disabled', stateAt: at }
    expect(await is({ ...off, stateReason: 'owner' })).toMatchObject({ state: 'disabled', since })
    expect(await is({ ...off, stateReason: 'failing' })).toMatchObject({ state: 'given_up', since })
    expect(await is({ ...off, stateReason: 'gone' })).toMatchObject({ state: 'gone', since })
    expect(await is({ state: 'removed' })).toBeUndefined()
  })
})

describe('an endpoint', () => {
  test('is found by nobody who may not know of it, removed by nobody, and shows no secret', async () => {
    const { endpointId, secret } = await added()
    must(await rotateSecret(w.runtime, { endpointId, personId: w.owner.id, endsOldAtOnce: false }))
    const shown = await opened(endpointId, {}, OWNER)
    expect(shown).toMatchObject({
      url: 'https://hooks.example.com:8443/in/s3cret',
      createdByName: 'Jonas Weber',
      oldSecretEndsAt: expect.any(String),
    })
    const rows = await db.webhookEndpoint.findUniqueOrThrow({ where: { id: endpointId } })
    for (const hidden of [secret, rows.sealedSecret, rows.sealedOldSecret ?? '-']) {
      expect(JSON.stringify(shown)).not.toContain(hidden)
    }
    const late = { ...w.runtime, now: () => Date.now() + 25 * 3_600_000 }
    const query = endpointQuery.parse({})
    expect(await endpointView(late, OWNER, { endpointId, query })).toMatchObject({
      oldSecretEndsAt: null,
    })
    expect(await opened(endpointId, {}, STRANGER)).toBeNull()
    const gone = { endpointId, personId: w.owner.id, state: 'removed' } as const
    must(await setEndpointState(w.runtime, gone))
    expect(await opened(endpointId, {}, OWNER)).toBeNull()
  })

  test('lists its deliveries newest first, by what became of them, a page at a time', async () => {
    const { endpointId } = await added()
    const requestId = await submit(w)
    await db.webhookDelivery.deleteMany({ where: { endpointId } })
    const at = new Date()
    await db.webhookDelivery.createMany({
      data: Array.from({ length: 120 }, (_, n) => ({
        endpointId,
        eventId: `evt_${n}`,
        type: 'request.deferred',
        requestId,
        ordinal: n,
        at,
        dueAt: at,
        state: ['due', 'delivered', 'dead'][n % 3] ?? '',
        attempts: n % 6 === 0 ? 2 : 0,
      })),
    })
    const first = await opened(endpointId)
    expect(first).toMatchObject({ filter: 'all', counts: { waiting: 40, dead: 40 } })
    expect(first?.deliveries[0]).toMatchObject({
      state: 'dead',
      dueAt: null,
      request: { id: requestId, goal: 'Deploy release 2026.03.14 to production' },
      last: null,
    })
    const ids: string[] = []
    let before: string | null = null
    do {
      const shown = await opened(endpointId, { before })
      ids.push(...(shown?.deliveries ?? []).map(({ id }) => id))
      before = shown?.nextBefore ?? null
    } while (before !== null)
    expect(ids).toEqual(ids.toSorted((a, b) => Number(b) - Number(a)))
    expect(new Set(ids).size).toBe(120)
    const waiting = await opened(endpointId, { view: 'waiting' })
    expect(new Set(waiting?.deliveries.map(({ state }) => state))).toEqual(
      new Set(['waiting', 'retried']),
    )
    expect(waiting?.deliveries).toHaveLength(40)
    const dead = await opened(endpointId, { view: 'dead' })
    expect(new Set(dead?.deliveries.map(({ state }) => state))).toEqual(new Set(['dead']))
  })
})

describe('a delivery', () => {
  test('shows what was sent and what came back, without the signature, to who may know of it', async () => {
    const receiver = await webhookReceiver()
    receiver.answer((response) => {
      response.writeHead(418, { 'content-type': 'text/plain' }).end('no\u202etea')
    })
    const { endpointId } = await added(receiver.url)
    const input = { endpointId, personId: w.owner.id }
    const { deliveryId } = must(await sendTest(w.runtime, input))
    const view = (viewer: typeof ADMIN, id = endpointId) =>
      deliveryView(w.runtime, viewer, { endpointId: id, deliveryId })
    const shown = await view(OWNER)
    const [sent] = receiver.received
    expect(shown).toMatchObject({
      state: 'dead',
      type: 'webhook.test',
      eventId: sent?.id,
      request: null,
      attemptsEver: 1,
      endpoint: { id: endpointId, callerName: 'ci-release', state: 'enabled' },
      last: { status: 418, fault: null },
      log: [
        { cause: 'test', url: receiver.url, requestBody: sent?.body, status: 418, fault: null },
      ],
    })
    expect(shown?.log[0]?.response?.body).toBe('no\u202etea')
    expect(shown?.log[0]?.response?.headers).toContainEqual(['content-type', 'text/plain'])
    expect(shown?.log[0]?.requestHeaders).toContainEqual(['webhook-id', sent?.id])
    expect(JSON.stringify(shown)).not.toContain(sent?.signature)
    expect(await view(ADMIN)).toEqual(shown)
    expect(await view(STRANGER)).toBeNull()
    const { endpointId: other } = await added('https://other.example/')
    expect(await view(OWNER, other)).toBeNull()
  })

  test('that met no receiver says so, and when it is tried again', async () => {
    const receiver = await webhookReceiver()
    const { endpointId } = await added(receiver.url)
    receiver.close()
    const requestId = await submit(w)
    const { id } = await db.webhookDelivery.findFirstOrThrow({ where: { endpointId, requestId } })
    await deliverWebhook(w.runtime, String(id))
    const shown = await deliveryView(w.runtime, OWNER, { endpointId, deliveryId: String(id) })
    expect(shown).toMatchObject({
      state: 'retried',
      attempts: 1,
      dueAt: expect.any(String),
      log: [{ cause: 'schedule', status: null, fault: 'refused_connection', response: null }],
    })
    expect((await opened(endpointId))?.state).toBe('failing')
  })
})
