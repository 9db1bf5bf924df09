import { describe, expect, it } from 'vitest'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { wakeForPerson } from '#lib/db/slack-announcements'
import { ticketDeliveries } from '#lib/queries/slack/ticket-deliveries'
import { testDatabase } from '../database'
import { reject } from '../settle'
import { asking, CHANNEL, deliveryWorld, textOf } from '../slack-delivery'
import { must, submit } from '../world'

const { url } = await testDatabase()
const w = await deliveryWorld(url)
const { db } = w.runtime
const { double } = w
const ROUTING = `default: ${CHANNEL}
flood: { cards: 10, within: 5m }
cool_off: 15m
direct_messages: 2
`
await w.publish(ROUTING)
await w.link(w.mara, 'U0MARA')
const MINUTE_MS = 60_000

/** Nobody has asked for anything yet. */
async function quietDown(): Promise<void> {
  const open = await db.request.findMany({ where: { state: 'open' } })
  for (const { id: requestId } of open) await cancel(requestId)
  await w.settle()
  await db.slackMessage.updateMany({ data: { createdAt: new Date(0), dueAt: null } })
  double.calls.length = 0
}
async function cancel(requestId: string): Promise<void> {
  const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
  must(await cancelRequest(w.runtime, { requestId, actor, reason: null }))
}
const messages = (kind: string) =>
  db.slackMessage.findMany({
    where: { kind, createdAt: { gt: new Date(1) } },
    orderBy: { id: 'asc' },
  })
const sent = (row: { channelId: string | null; ts: string | null } | undefined) =>
  double.message(row?.channelId ?? '', row?.ts ?? '')

describe('200 asks at once are a bounded number of messages', () => {
  it('equal ones (caller, tools, arguments) are one card, whatever else they say', {
    timeout: 60_000,
  }, async () => {
    await quietDown()
    const equal = asking(w.contract, 'equal')
    for (let i = 0; i < 200; i++) await submit(w, { ...equal, goal: `Deploy, please (${i})` })
    await w.settle()
    expect(double.callsOf('chat.postMessage')).toHaveLength(2)
    expect(double.posted(CHANNEL)).toHaveLength(1)
    const [card] = await messages('card')
    expect(await db.slackDelivery.count({ where: { messageId: card?.id ?? '' } })).toBe(200)
    // The edits that count them gather; they are not 199.
    await w.passTime()
    await w.tick()
    expect(double.callsOf('chat.update').length).toBeLessThanOrEqual(2)
    expect(textOf(sent(card))).toContain('199 times more')
  })

  it('different ones are at most ten cards and one digest, and direct messages for no more', {
    timeout: 60_000,
  }, async () => {
    await quietDown()
    for (let i = 0; i < 200; i++) await submit(w, asking(w.contract, `different.${i}`))
    await w.settle()
    const digests = await messages('digest')
    expect(await messages('card')).toHaveLength(10)
    expect(digests).toHaveLength(1)
    expect(await messages('direct')).toHaveLength(10)
    await w.passTime()
    await w.tick()
    const calls = double.callsOf('chat.postMessage', 'chat.update')
    expect(calls.length).toBeLessThanOrEqual(10 + 10 + 3)
    expect(textOf(sent(digests[0]))).toContain('Held: 190.')
    expect(await db.slackDelivery.count({ where: { messageId: digests[0]?.id ?? '' } })).toBe(190)
  })
})

describe('whoever owns a caller that asks too often', () => {
  it('has one more message, which counts what got no message of its own and how much of it ended', async () => {
    await quietDown()
    const direct = await w.link(w.owner, 'U0JONAS')
    const asked = []
    for (let i = 0; i < 40; i++) asked.push(await submit(w, asking(w.contract, `owner.${i}`)))
    await w.settle()
    await w.passTime()
    await w.tick()
    expect(await messages('requester')).toHaveLength(10)
    const digests = await messages('digest')
    expect(digests.map(({ personId }) => personId).sort()).toEqual([null, w.owner.id])
    expect(double.posted(direct)).toHaveLength(11)
    const digest = digests.find(({ personId }) => personId !== null)
    expect(textOf(sent(digest))).toContain('Held: 30.')
    const counted = await db.slackDelivery.findMany({ where: { messageId: digest?.id ?? '' } })
    expect(counted).toHaveLength(30)
    await cancel(counted[5]?.requestId ?? '')
    await w.settle()
    await w.passTime()
    await w.tick()
    expect(textOf(sent(digest))).toContain('Held: 29. Ended: 1.')
    expect(double.posted(direct)).toHaveLength(11)
  })

  it('finds nothing in it any more once they are no longer linked; who links anew has another', async () => {
    const [old] = (await messages('digest')).filter(({ personId }) => personId !== null)
    must(await unlinkSlack(w.runtime, { personId: w.owner.id, byPersonId: w.owner.id }))
    await w.settle()
    expect(textOf(sent(old))).not.toContain('Held')
    const direct = await w.link(w.owner, 'U0JONAS2')
    await wakeForPerson(db, w.owner.id)
    await w.settle()
    await w.passTime()
    await w.tick()
    const digests = double.posted(direct).filter((each) => textOf(each).includes('Held: 29.'))
    expect(digests).toHaveLength(1)
    expect(textOf(sent(old))).not.toContain('Held')
    must(await unlinkSlack(w.runtime, { personId: w.owner.id, byPersonId: w.owner.id }))
    await w.settle()
  })
})

describe('equal asks', () => {
  it('share a card that acts on the oldest; when that ends, the next oldest has its own', async () => {
    await quietDown()
    const first = await submit(w)
    // Of asks in the same instant, workers take either first.
    await w.settle()
    const [second, third] = [await submit(w), await submit(w)]
    await w.settle()
    expect((await messages('card')).map(({ requestId }) => requestId)).toEqual([first])
    await cancel(first)
    await w.settle()
    const cards = await messages('card')
    expect(cards.map(({ requestId }) => requestId)).toEqual([first, second])
    expect(cards.map(({ closedAt }) => closedAt !== null)).toEqual([true, false])
    const delivery = await db.slackDelivery.findFirst({ where: { requestId: third } })
    expect(delivery?.messageId).toBe(cards[1]?.id)
  })

  it('wait after a reject until it is cool again, and only then ask anew', async () => {
    await quietDown()
    const first = await submit(w)
    await w.settle()
    const waiting = await submit(w)
    await w.settle()
    await reject(w, first, 'Not tonight')
    const later = await submit(w)
    await w.settle()
    const shown = async () => (await messages('card')).map(({ requestId }) => requestId)
    expect(await shown()).toEqual([first])
    const delivery = await db.slackDelivery.findFirst({ where: { requestId: waiting } })
    expect(delivery).toMatchObject({ state: 'queued', messageId: null })
    expect(delivery?.why).toContain('rejected')
    const watch = await db.slackWatch.findUnique({ where: { requestId: waiting } })
    const coolAt = watch?.nextAt?.getTime() ?? 0
    expect(Math.abs(coolAt - Date.now() - 15 * MINUTE_MS)).toBeLessThan(MINUTE_MS)
    for (const id of [waiting, later]) {
      const told = await ticketDeliveries(w.runtime, { roles: [] }, id)
      const dueAt = new Date(coolAt).toISOString()
      expect(told?.deliveries).toMatchObject([{ kind: 'card', state: 'queued', dueAt }])
    }
    await db.slackWatch.update({ where: { requestId: waiting }, data: { nextAt: new Date() } })
    await w.tick(coolAt - 1_000)
    expect(await shown()).toEqual([first])
    await db.slackWatch.update({ where: { requestId: waiting }, data: { nextAt: new Date() } })
    await w.tick(coolAt)
    expect(await shown()).toEqual([first, waiting])
    const [, card] = await messages('card')
    const joined = await db.slackDelivery.findFirst({ where: { requestId: later } })
    expect(joined?.messageId).toBe(card?.id)
    expect(textOf(sent(card))).toContain('once more')
  })
})
