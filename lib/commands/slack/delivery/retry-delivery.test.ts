import { beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../../../../test/database'
import { slackRows } from '../../../../test/slack-rows'
import { must, submit, world } from '../../../../test/world'
import { retryDelivery } from './retry-delivery'

const { url } = await testDatabase()
const w = await world(url)
const { db } = w.runtime
const rows = slackRows(w)
let requestId: string

beforeEach(async () => {
  await rows.clear()
  requestId = await submit(w)
  await db.outbox.deleteMany()
})

const message = (id: string) => db.slackMessage.findUniqueOrThrow({ where: { id } })
const woken = () => db.outbox.findMany({ select: { topic: true, requestId: true, cause: true } })
const channelId = 'C0RELEASES'

test.each(['failed', 'given_up'])(
  'a message that is %s is due now, counts its tries anew, and its request is woken',
  async (state) => {
    const id = await rows.message({ requestId, channelId, state, attempts: 9, dueAt: null })
    must(await retryDelivery(w.runtime, { messageId: id }))
    const { dueAt, ...tried } = await message(id)
    expect(tried).toMatchObject({ state: 'failed', attempts: 0, version: 1 })
    expect(Math.abs(Date.now() - (dueAt?.getTime() ?? 0))).toBeLessThan(60_000)
    expect(await woken()).toEqual([{ topic: 'notify', requestId, cause: 'retry' }])
  },
)

test('a digest wakes one of the requests that it is of', async () => {
  const digest = { kind: 'digest', requestId: null, channelId, state: 'failed' }
  const id = await rows.message(digest)
  for (const each of [requestId, await submit(w)]) {
    await rows.delivery(each, `channel:${channelId}`, id)
  }
  await db.outbox.deleteMany()
  must(await retryDelivery(w.runtime, { messageId: id }))
  expect(await woken()).toHaveLength(1)
})

test('what was sent, waits or has ended is left alone', async () => {
  const ids = [
    await rows.message({ requestId, channelId, state: 'sent' }),
    await rows.message({ requestId, channelId: 'C1', state: 'queued' }),
    await rows.message({ requestId, channelId: 'C2', state: 'failed', closedAt: new Date() }),
    w.runtime.newId('msg'),
  ]
  for (const messageId of ids) {
    expect(await retryDelivery(w.runtime, { messageId })).toMatchObject({
      refusal: { code: 'not_found' },
    })
  }
  expect(await woken()).toEqual([])
})
