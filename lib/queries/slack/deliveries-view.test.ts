import { beforeEach, describe, expect, test } from 'vitest'
import { deliveriesQuery } from '#lib/wire/deliveries'
import {
  ENDED_FIRST,
  NO_LONGER_LINKED,
  NO_LONGER_REACHABLE,
  NOTHING_LEFT,
} from '#lib/wire/delivery-whys'
import { testDatabase } from '../../../test/database'
import { SLACK_ENV, slackRows } from '../../../test/slack-rows'
import { submit, world } from '../../../test/world'
import { deliveriesView } from './deliveries-view'

const { url } = await testDatabase()
const w = await world(url, { env: SLACK_ENV })
const { db } = w.runtime
const rows = slackRows(w)
const ADMIN = { roles: ['admin'] }
const ANYBODY = { roles: ['approver'] }

const view = (address: Record<string, string> = {}, viewer = ADMIN) =>
  deliveriesView(w.runtime, viewer, deliveriesQuery.parse(address))
const keys = async (address: Record<string, string> = {}) =>
  (await view(address)).rows.map(({ key }) => key)

let requestId: string

beforeEach(async () => {
  await rows.clear()
  requestId = await submit(w)
})

describe('what Slack was told', () => {
  test('is listed newest first, with what it is, for whom, and how far it got', async () => {
    const card = await rows.message({ requestId, kind: 'card', channelId: 'C0RELEASES' })
    await rows.delivery(requestId, 'channel:C0RELEASES', card)
    await rows.workspace()
    const direct = await rows.message({
      requestId,
      kind: 'direct',
      personId: w.mara.id,
      channelId: 'D0MARA',
      state: 'failed',
      why: 'Slack could not be reached.',
      attempts: 3,
      dueAt: rows.in(40_000),
    })
    const shown = await view()
    expect(shown).toMatchObject({ hasSlack: true, hasWorkspace: true, isAdmin: true, fault: null })
    expect(shown.rows).toMatchObject([
      {
        messageId: direct,
        kind: 'direct',
        to: { kind: 'person', name: 'Mara Lindqvist' },
        state: 'failed',
        why: 'Slack could not be reached.',
        attempts: 3,
        dueAt: rows.in(40_000).toISOString(),
        request: { id: requestId, goal: 'Deploy release 2026.03.14 to production' },
        canRetry: true,
      },
      {
        messageId: card,
        kind: 'card',
        to: { kind: 'channel', id: 'C0RELEASES' },
        state: 'sent',
        dueAt: null,
        alsoCount: 0,
        callerName: 'ci-release',
        canRetry: false,
      },
    ])
  })

  test('holds what has no message too: no channel is set, or it waits', async () => {
    await rows.delivery(requestId, 'route', null, 'failed', 'No Slack channel is set.')
    await rows.delivery(requestId, `person:${w.aiko.id}`, null, 'queued', 'Quiet hours.')
    await rows.delivery(requestId, 'group:release_managers', null, 'failed', 'Nobody is linked.')
    const shown = await view()
    expect(shown.tabCounts).toEqual({ failed: 2, waiting: 1 })
    expect(shown.rows).toMatchObject([
      { kind: 'direct', to: { kind: 'group', label: 'release managers' }, state: 'not_sent' },
      { kind: 'direct', to: { name: 'Aiko Mori' }, state: 'queued', messageId: null },
      {
        kind: 'route',
        to: null,
        state: 'not_sent',
        canRetry: false,
        why: 'No Slack channel is set.',
      },
    ])
  })

  test('holds no failure where something was taken back on purpose, or was not needed any more', async () => {
    const unsent = { requestId, kind: 'direct', personId: w.mara.id, state: 'given_up' }
    await rows.message({ ...unsent, why: ENDED_FIRST, closedAt: rows.in(0) })
    await rows.message({ ...unsent, why: NOTHING_LEFT, closedAt: rows.in(0) })
    await rows.delivery(requestId, `person:${w.mara.id}`, null, 'failed', NO_LONGER_LINKED)
    await rows.delivery(requestId, `person:${w.aiko.id}`, null, 'failed', NO_LONGER_REACHABLE)
    await rows.delivery(requestId, `requester:${w.owner.id}`, null, 'failed', ENDED_FIRST)
    const shown = await view()
    expect(shown.tabCounts).toEqual({ failed: 0, waiting: 0 })
    expect(shown.rows.map(({ state, canRetry }) => [state, canRetry])).toEqual([
      ['not_needed', false],
      ['taken_back', false],
      ['taken_back', false],
      ['not_needed', false],
      ['not_needed', false],
    ])
    expect(await keys({ view: 'failed' })).toEqual([])
  })

  test('says when that which waits behind an equal ask is tried, and when a message was edited', async () => {
    const next = await submit(w)
    const watch = { shareKey: 'k', nextAt: rows.in(600_000) }
    await db.slackWatch.create({ data: { ...watch, requestId } })
    await db.slackWatch.create({ data: { ...watch, requestId: next, nextAt: rows.in(1_000) } })
    for (const id of [requestId, next]) {
      await rows.delivery(id, 'channel:C0RELEASES', null, 'queued', 'It waits.')
    }
    const dueAt = rows.in(600_000).toISOString()
    expect((await view()).rows).toMatchObject([{ dueAt }, { dueAt }])
    const sentAt = rows.in(0)
    await rows.message({ requestId, kind: 'card', sentAt, changedAt: rows.in(60_000) })
    await rows.message({ requestId, kind: 'card', sentAt, changedAt: sentAt })
    expect((await view({ kind: 'card' })).rows.slice(0, 2)).toMatchObject([
      { changedAt: null },
      { changedAt: rows.in(60_000).toISOString() },
    ])
  })

  test('counts the equal asks that share a card, and a digest is of no one request', async () => {
    const others = [await submit(w), await submit(w)]
    const card = await rows.message({ requestId, kind: 'card', channelId: 'C0RELEASES' })
    for (const id of [requestId, ...others]) await rows.delivery(id, 'channel:C0RELEASES', card)
    await rows.message({ requestId: null, kind: 'digest', channelId: 'C0RELEASES' })
    await rows.message({ requestId, kind: 'digest', personId: w.owner.id })
    expect((await view()).rows).toMatchObject([
      { kind: 'digest', request: null, to: { name: 'Jonas Weber' } },
      { kind: 'digest', request: null, alsoCount: 0 },
      { kind: 'card', alsoCount: 2 },
    ])
  })

  test('is narrowed by state, kind, and by request, channel, caller or person', async () => {
    const card = await rows.message({ requestId, kind: 'card', channelId: 'C0RELEASES' })
    const gone = await rows.message({
      requestId,
      kind: 'alert',
      channelId: 'C0ALERTS',
      state: 'given_up',
    })
    const queued = await rows.message({
      requestId,
      kind: 'direct',
      personId: w.mara.id,
      state: 'queued',
    })
    const other = await submit(w)
    await rows.delivery(other, 'route', null, 'failed')
    const route = `${other} route`
    expect(await keys()).toEqual([route, queued, gone, card])
    expect(await keys({ view: 'failed' })).toEqual([route, gone])
    expect(await keys({ view: 'waiting' })).toEqual([queued])
    expect(await keys({ kind: 'route' })).toEqual([route])
    expect(await keys({ q: other })).toEqual([route])
    expect(await keys({ q: 'C0ALERTS' })).toEqual([gone])
    expect(await keys({ q: 'lindqvist' })).toEqual([queued])
    expect(await keys({ q: 'ci-rel' })).toHaveLength(4)
    expect(await keys({ q: 'ci_rel%' })).toEqual([])
    expect(await keys({ view: 'failed', kind: 'alert', q: 'C0ALERTS' })).toEqual([gone])
    expect(await keys({ view: 'x', kind: 'y', cursor: 'z' })).toHaveLength(4)
  })

  test('is paged without losing or repeating one, messages and others alike', async () => {
    for (let at = 0; at < 60; at++) {
      if (at % 3 === 0) {
        await rows.delivery(await submit(w), 'route', null, 'failed')
      } else
        await rows.message({ requestId, kind: 'card', channelId: `C0${at}X`, closedAt: rows.in(0) })
    }
    const first = await view()
    expect(first.rows).toHaveLength(50)
    const second = await view({ cursor: first.nextCursor ?? '' })
    expect(second.nextCursor).toBeNull()
    const all = [...first.rows, ...second.rows].map(({ key }) => key)
    expect(all).toHaveLength(60)
    expect(new Set(all).size).toBe(60)
    const times = [...first.rows, ...second.rows].map(({ createdAt }) => createdAt)
    expect(times).toEqual([...times].sort().reverse())
  })

  test('is tried again by admins alone', async () => {
    await rows.message({ requestId, kind: 'card', channelId: 'C0RELEASES', state: 'given_up' })
    expect((await view({}, ANYBODY)).rows).toMatchObject([{ canRetry: false }])
    expect((await view({}, ANYBODY)).isAdmin).toBe(false)
  })
})

test('what keeps all calls from being answered is said, also that the app was removed', async () => {
  expect(await view()).toMatchObject({ hasWorkspace: false, fault: null, pausedUntil: null })
  await rows.workspace({ fault: 'Slack did not answer in time.', faultAt: rows.in(-60_000) })
  expect((await view()).fault).toEqual({
    why: 'Slack did not answer in time.',
    since: rows.in(-60_000).toISOString(),
  })
  await db.slackWorkspace.update({ where: { id: 1 }, data: { sealedBotToken: '' } })
  const fault = { why: 'Slack did not answer in time.' }
  expect(await view()).toMatchObject({ hasWorkspace: false, fault })
})
