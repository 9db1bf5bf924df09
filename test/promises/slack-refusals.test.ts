import { beforeEach, describe, expect, it } from 'vitest'
import { announceRequest } from '#lib/commands/slack/delivery/announce-request'
import { markBusy } from '#lib/commands/slack/delivery/mark-busy'
import { retireOrphan } from '#lib/commands/slack/delivery/retire-orphan'
import { wakeSlack } from '#lib/commands/slack/delivery/wake-slack'
import { threadMessage } from '#lib/notify/slack/blocks/thread'
import { eventLines } from '#lib/queries/slack/event-lines'
import { testDatabase } from '../database'
import { expire, reject } from '../settle'
import { asking, buttonsOf, CHANNEL, deliveryWorld, textOf, waiting } from '../slack-delivery'
import { approve, attachPlan, must, submit } from '../world'

const { url } = await testDatabase()
const w = await deliveryWorld(url)
const { db } = w.runtime
const { double } = w
const ROUTING = 'cool_off: 1ms\nflood: { cards: 100 }\ndirect_messages: 0\n'
let asks = 0
const ask = () => submit(w, asking(w.contract, `2026.${++asks}`))
const wake = (requestId: string) =>
  db.outbox.create({ data: { topic: 'notify', requestId, cause: 'test' } })

async function cardOf(requestId: string) {
  const row = await db.slackMessage.findFirstOrThrow({
    where: { requestId, kind: 'card' },
    orderBy: { id: 'asc' },
  })
  return { row, message: double.message(row.channelId ?? '', row.ts ?? '') }
}
const liveButtons = async (requestId: string) =>
  buttonsOf((await cardOf(requestId)).message).filter((label) => /pprove|Reject/.test(label))
async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await w.passTime()
    await w.tick()
  }
}

beforeEach(async () => {
  double.heal()
  double.afterCall(undefined)
  await w.publish(`default: ${CHANNEL}\n${ROUTING}`)
  await ticks(1)
  double.calls.length = 0
})

describe('what Slack refuses', () => {
  it.each(['update_failed', 'msg_too_long', 'is_archived'])(
    'once (%s) is tried again: a request that ended leaves no live buttons',
    async (code) => {
      const requestId = await ask()
      await w.settle()
      double.trouble({ kind: 'error', code }, { method: 'chat.update', times: 1 })
      must(await approve(w, requestId, w.mara))
      await w.settle()
      expect((await cardOf(requestId)).row).toMatchObject({ state: 'failed', attempts: 1 })
      await reject(w, requestId, 'no')
      await w.settle()
      expect(await liveButtons(requestId)).toEqual([])
      const { row, message } = await cardOf(requestId)
      expect(row).toMatchObject({ state: 'sent', why: null, attempts: 0 })
      expect(row.closedAt).not.toBeNull()
      expect(textOf(message)).toContain('Tomás Rey')
    },
  )

  it('of the last edit is tried again by the clock alone', async () => {
    const requestId = await ask()
    await w.settle()
    double.trouble({ kind: 'error', code: 'update_failed' }, { method: 'chat.update', times: 3 })
    await reject(w, requestId, 'no')
    await w.settle()
    const { row } = await cardOf(requestId)
    expect(row).toMatchObject({ state: 'failed', closedAt: null })
    expect(row.dueAt?.getTime()).toBeGreaterThan(Date.now())
    await ticks(3)
    expect(await liveButtons(requestId)).toEqual([])
    expect((await cardOf(requestId)).row).toMatchObject({ state: 'sent' })
  })

  it('again and again is left after so many tries, and tried once more at the next change', async () => {
    const requestId = await ask()
    await w.settle()
    double.trouble({ kind: 'error', code: 'update_failed' }, { method: 'chat.update' })
    must(await approve(w, requestId, w.mara))
    await w.settle()
    await ticks(40)
    const { row } = await cardOf(requestId)
    expect(row).toMatchObject({ state: 'given_up', dueAt: null, closedAt: null })
    const tries = double.callsOf('chat.update').length
    expect(tries).toBeGreaterThan(5)
    expect(tries).toBeLessThan(20)
    double.heal()
    await expire(w, requestId)
    await w.settle()
    expect(await liveButtons(requestId)).toEqual([])
    expect((await cardOf(requestId)).row).toMatchObject({ state: 'sent' })
  })

  it('of a first post, for a reason that passes, is tried again; for one that does not, it is given up', async () => {
    double.trouble({ kind: 'error', code: 'odd_trouble' }, { method: 'chat.postMessage', times: 2 })
    const requestId = await ask()
    await w.settle()
    expect((await cardOf(requestId)).row).toMatchObject({ state: 'failed', ts: null })
    await ticks(2)
    expect((await cardOf(requestId)).row).toMatchObject({ state: 'sent' })
    double.trouble({ kind: 'error', code: 'is_archived' }, { method: 'chat.postMessage' })
    const other = await ask()
    await w.settle()
    await ticks(3)
    expect((await cardOf(other)).row).toMatchObject({ state: 'given_up', ts: null, dueAt: null })
    expect(double.callsOf('chat.postMessage').filter(({ answer }) => answer !== 'ok')).toHaveLength(
      3,
    )
  })

  it('in a thread takes nothing away from the card, which says so', async () => {
    const requestId = await ask()
    await w.settle()
    const code = 'restricted_action_thread_locked'
    double.trouble({ kind: 'error', code }, { method: 'chat.postMessage' })
    must(await approve(w, requestId, w.mara))
    await w.settle()
    const { row } = await cardOf(requestId)
    expect(row).toMatchObject({ state: 'sent', attempts: 1 })
    expect(row.why).toContain('thread')
    await reject(w, requestId, 'no')
    await w.settle()
    expect(await liveButtons(requestId)).toEqual([])
    // Nothing of its history is lost where the thread opens again in time.
    double.heal()
    await ticks(1)
    const lines = await eventLines(w.runtime, { requestId, afterOrdinal: 0 })
    const thread = double.thread(CHANNEL, row.ts ?? '').map(({ text }) => text)
    expect(thread).toEqual(lines.map((line) => threadMessage(line).text))
    const told = (await cardOf(requestId)).row
    expect(told).toMatchObject({ state: 'sent', why: null, dueAt: null })
    expect(told.closedAt).not.toBeNull()
  })

  it('in a thread for good is tried so often and let go', async () => {
    const requestId = await ask()
    await w.settle()
    const code = 'restricted_action_thread_locked'
    double.trouble({ kind: 'error', code }, { method: 'chat.postMessage' })
    await reject(w, requestId, 'no')
    await w.settle()
    await ticks(40)
    expect(double.callsOf('chat.postMessage').length).toBeLessThan(20)
    const { row } = await cardOf(requestId)
    expect(row).toMatchObject({ state: 'sent', dueAt: null })
    expect(row.closedAt).not.toBeNull()
  })
})

describe('a message whose buttons were taken off', () => {
  it('has them again though whoever took them off died', async () => {
    const requestId = await ask()
    await w.settle()
    const { row } = await cardOf(requestId)
    const busy = await markBusy(w.runtime, { messageId: row.id, requestId })
    const { channel = '', ts = '' } = busy ?? {}
    const content = { text: 'Mara is answering', blocks: [] }
    await w.runtime.slack?.update({ channel, ts, content })
    expect(await liveButtons(requestId)).toEqual([])
    await ticks(1)
    expect((await liveButtons(requestId)).length).toBeGreaterThan(0)
  })

  it('has them again though Slack took an edit of it and never said so', async () => {
    const requestId = await ask()
    await w.settle()
    const { row } = await cardOf(requestId)
    const shown = row.shown
    double.trouble({ kind: 'status', status: 502 }, { method: 'chat.update', times: 1 })
    must(await approve(w, requestId, w.mara))
    await w.settle()
    expect(shown).not.toBeNull()
    expect((await cardOf(requestId)).row.shown).toBeNull()
  })
})

describe('a request that cannot be read', () => {
  const poison = async (requestId: string) => {
    await db.$executeRawUnsafe('ALTER TABLE requests DISABLE TRIGGER ALL')
    await db.$executeRawUnsafe(`UPDATE requests SET hashed = 'x' WHERE id = $1`, requestId)
  }
  const heal = async (requestId: string, hashed: string) => {
    await db.$executeRawUnsafe('UPDATE requests SET hashed = $2 WHERE id = $1', requestId, hashed)
  }

  it('lets go of whoever shares its card, is emptied in Slack, and is woken by nothing', async () => {
    const lead = await submit(w)
    await w.settle()
    const second = await submit(w)
    await w.settle()
    await ticks(1)
    const { hashed } = await db.request.findUniqueOrThrow({ where: { id: lead } })
    await poison(lead)
    try {
      await wake(lead)
      await w.settle()
      const own = await cardOf(second)
      expect(own.row).toMatchObject({ state: 'sent', requestId: second })
      expect(buttonsOf(own.message).join()).toContain('pprove')
      const old = await cardOf(lead)
      expect(buttonsOf(old.message)).toEqual([])
      expect(old.row.closedAt).not.toBeNull()
      expect(await waiting(w.runtime)).toEqual([])
      await w.passTime()
      await wakeSlack(db)
      expect((await waiting(w.runtime)).map(({ requestId }) => requestId)).not.toContain(lead)
    } finally {
      await heal(lead, hashed)
    }
  })

  it('keeps no other message from being sent: its own is tried again a bounded number of times', async () => {
    const [bad, good] = [await ask(), await ask()]
    await w.settle()
    const { row } = await cardOf(bad)
    await db.slackDelivery.create({
      data: {
        requestId: good,
        target: 'channel:C0OTHER',
        messageId: row.id,
        state: 'queued',
        at: new Date(),
      },
    })
    await db.slackMessage.update({ where: { id: row.id }, data: { dueAt: new Date(0) } })
    const { hashed } = await db.request.findUniqueOrThrow({ where: { id: bad } })
    await poison(bad)
    try {
      await reject(w, good, 'no')
      const [wakeUp] = (await waiting(w.runtime)).filter(({ requestId }) => requestId === good)
      await announceRequest(w.runtime, wakeUp ?? { requestId: good, outboxId: '0' })
      expect(await liveButtons(good)).toEqual([])
      const broken = (await cardOf(bad)).row
      expect(broken).toMatchObject({ state: 'failed', attempts: 1, leaseUntil: null })
      expect(broken.dueAt?.getTime()).toBeGreaterThan(Date.now())
    } finally {
      await heal(bad, hashed)
    }
  })
})

describe('no live buttons are left', () => {
  it('on a card whose posting was under way, or due, when the request ended', async () => {
    double.trouble({ kind: 'down' })
    const due = await ask()
    await w.settle()
    await reject(w, due, 'no')
    await w.settle()
    double.heal()
    await ticks(1)
    expect(await liveButtons(due)).toEqual([])
    const process = await w.another()
    const posted = await ask()
    double.afterCall(async ({ method }) => {
      if (method !== 'chat.postMessage') return
      double.afterCall(undefined)
      await reject(w, posted, 'no')
      for (const wakeUp of await waiting(w.runtime)) await announceRequest(process, wakeUp)
    })
    await w.settle()
    expect(await liveButtons(posted)).toEqual([])
    for (const id of [due, posted]) expect((await cardOf(id)).row.closedAt).not.toBeNull()
  })

  it('in any channel that the routing sent it to before', async () => {
    const requestId = await ask()
    await w.settle()
    await w.publish(`default: C0MOVED\n${ROUTING}`)
    await wake(requestId)
    await w.settle()
    await reject(w, requestId, 'no')
    await w.settle()
    const rows = await db.slackMessage.findMany({ where: { requestId, kind: 'card' } })
    expect(rows.map(({ channelId }) => channelId).sort()).toEqual(['C0MOVED', CHANNEL])
    for (const { channelId, ts, closedAt } of rows) {
      expect(buttonsOf(double.message(channelId ?? '', ts ?? '')).join()).not.toMatch(
        /pprove|Reject/,
      )
      expect(closedAt).not.toBeNull()
    }
  })

  it('on a copy that a sender posted and could not keep', async () => {
    const requestId = await ask()
    await w.settle()
    const lost = await w.another()
    let now = 0
    const slow = { ...lost, now: () => Date.now() + now }
    double.trouble(
      { kind: 'error', code: 'message_not_found' },
      { method: 'chat.update', times: 1 },
    )
    double.afterCall(async ({ method }) => {
      if (method !== 'chat.postMessage') return
      double.afterCall(undefined)
      // It slept for so long that somebody else took the message.
      now = 15_000
      await w.passTime()
      await announceRequest(w.runtime, { requestId, outboxId: '0' })
    })
    await attachPlan(w, requestId, w.aiko)
    must(await approve(w, requestId, w.mara))
    const before = double.posted(CHANNEL).length
    await announceRequest(slow, { requestId, outboxId: '0' })
    const [copy] = double.posted(CHANNEL).slice(before)
    const { row } = await cardOf(requestId)
    expect(copy?.ts).not.toBe(row.ts)
    expect(buttonsOf(copy)).toEqual([])
  })

  it('on a copy of what was never saved, once somebody presses one after the end', async () => {
    await w.publish(`default: ${CHANNEL}\n${ROUTING.replace('messages: 0', 'messages: 1')}`)
    const channel = await w.link(w.mara, 'U0MARA')
    double.trouble({ kind: 'down' })
    const requestId = await ask()
    await w.settle()
    // It did arrive there, whatever the sender heard.
    double.heal()
    const content = { text: 'Approve?', blocks: [] }
    const posted = await w.runtime.slack?.post({ channel, content })
    const ts = posted?.ok ? posted.value.ts : ''
    const row = await db.slackMessage.findFirstOrThrow({ where: { requestId, kind: 'direct' } })
    const press = () => retireOrphan(w.runtime, { messageId: row.id, channel, ts })
    expect(await press()).toBe(false)
    await reject(w, requestId, 'no')
    await w.settle()
    await ticks(1)
    expect(await db.slackMessage.findUnique({ where: { id: row.id } })).toMatchObject({ ts: null })
    expect(await press()).toBe(true)
    expect(double.message(channel, ts)?.text).toContain('no longer shown')
  })
})
