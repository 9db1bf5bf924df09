import { beforeEach, expect, test } from 'vitest'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { NO_LONGER_LINKED } from '#lib/wire/delivery-whys'
import { testDatabase } from '../../../test/database'
import { SLACK_ENV, slackRows } from '../../../test/slack-rows'
import { must, submit, world } from '../../../test/world'
import { ticketDeliveries } from './ticket-deliveries'

const { url } = await testDatabase()
const w = await world(url, { env: SLACK_ENV })
const { db } = w.runtime
const rows = slackRows(w)
let requestId: string

beforeEach(async () => {
  await rows.clear()
  requestId = await submit(w)
})

const view = (roles: string[] = []) => ticketDeliveries(w.runtime, { roles }, requestId)
const withoutSlack = { ...w.runtime, config: { ...w.runtime.config, slack: null } }

test('a ticket says where it is told, how far that got, and why not', async () => {
  const card = await rows.message({ requestId, kind: 'card', channelId: 'C0RELEASES' })
  const direct = await rows.message({
    requestId,
    kind: 'direct',
    personId: w.mara.id,
    channelId: 'D0MARA',
    state: 'failed',
    why: 'Slack asked for patience.',
    attempts: 2,
    dueAt: rows.in(30_000),
  })
  await rows.delivery(requestId, 'channel:C0RELEASES', card)
  await rows.delivery(requestId, `person:${w.mara.id}`, direct)
  await rows.delivery(requestId, `person:${w.aiko.id}`, null, 'queued', 'Quiet hours until 08:00.')
  await rows.delivery(requestId, `requester:${w.owner.id}`, null, 'queued', 'Not linked to Slack.')
  await rows.message({ requestId, kind: 'alert', channelId: 'C0ALERTS' })
  const shown = await view()
  expect(shown?.deliveries).toMatchObject([
    { kind: 'card', to: { kind: 'channel', id: 'C0RELEASES' }, state: 'sent', why: null },
    {
      kind: 'direct',
      to: { kind: 'person', name: 'Mara Lindqvist' },
      state: 'failed',
      why: 'Slack asked for patience.',
      attempts: 2,
      dueAt: rows.in(30_000).toISOString(),
    },
    { kind: 'direct', to: { name: 'Aiko Mori' }, state: 'queued', why: 'Quiet hours until 08:00.' },
    { kind: 'requester', to: { name: 'Jonas Weber' }, state: 'queued' },
    { kind: 'alert', to: { kind: 'channel', id: 'C0ALERTS' }, state: 'sent' },
  ])
  expect(shown).toMatchObject({ isUnrouted: false, unreachedSince: null, fault: null })
})

test('what is held back says when it is tried, and what was taken back is no failure', async () => {
  await db.slackWatch.create({ data: { requestId, shareKey: 'k', nextAt: rows.in(5_000) } })
  await rows.delivery(requestId, 'channel:C0RELEASES', null, 'queued', 'Rejected before.')
  await rows.delivery(requestId, `person:${w.aiko.id}`, null, 'failed', NO_LONGER_LINKED)
  expect((await view())?.deliveries).toMatchObject([
    { state: 'queued', dueAt: rows.in(5_000).toISOString() },
    { state: 'taken_back', dueAt: null },
  ])
})

test('no channel, nobody reached and Slack itself failing are told apart', async () => {
  await rows.delivery(requestId, 'route', null, 'failed', 'No Slack channel is set.')
  await db.slackWatch.create({
    data: { requestId, shareKey: 'k', unreachedSince: rows.in(5_000) },
  })
  await rows.workspace({ fault: 'Slack did not answer in time.', faultAt: rows.in(0) })
  expect(await view(['admin'])).toMatchObject({
    isUnrouted: true,
    canRoute: true,
    unreachedSince: rows.in(5_000).toISOString(),
    fault: { why: 'Slack did not answer in time.' },
  })
  expect(await view()).toMatchObject({ canRoute: false })
})

test('before anything was sent it is expected while the ticket is open and Slack is set up', async () => {
  expect(await view()).toMatchObject({ isExpected: true, deliveries: [] })
  expect(await ticketDeliveries(withoutSlack, { roles: [] }, requestId)).toBeNull()
  const actor = { kind: 'person', id: w.owner.id } as const
  must(await cancelRequest(w.runtime, { requestId, actor, reason: null }))
  expect(await view()).toBeNull()
})

test('what was sent stays to be seen when Slack is set up no more', async () => {
  const card = await rows.message({ requestId, kind: 'card', channelId: 'C0RELEASES' })
  await rows.delivery(requestId, 'channel:C0RELEASES', card)
  expect(await ticketDeliveries(withoutSlack, { roles: [] }, requestId)).toMatchObject({
    isExpected: false,
    deliveries: [{ kind: 'card', state: 'sent' }],
  })
})
