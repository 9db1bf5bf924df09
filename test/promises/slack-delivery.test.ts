import { beforeEach, describe, expect, it } from 'vitest'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { announceRequest } from '#lib/commands/slack/delivery/announce-request'
import { retireOrphan } from '#lib/commands/slack/delivery/retire-orphan'
import { threadMessage } from '#lib/notify/slack/blocks/thread'
import { eventLines } from '#lib/queries/slack/event-lines'
import { testDatabase } from '../database'
import { expire, reject, release } from '../settle'
import { asking, buttonsOf, CHANNEL, deliveryWorld, textOf, waiting } from '../slack-delivery'
import type { DoubleMessage } from '../slack-methods'
import { approve, attachPlan, must, submit } from '../world'

const { url } = await testDatabase()
const w = await deliveryWorld(url)
const { db } = w.runtime
const { double } = w
await w.publish(`default: ${CHANNEL}\ncool_off: 1ms\nflood: { cards: 100 }\n`)
const direct = { mara: await w.link(w.mara, 'U0MARA'), tomas: await w.link(w.tomas, 'U0TOMAS') }
const requester = await w.link(w.owner, 'U0JONAS')
let asks = 0
const ask = () => submit(w, asking(w.contract, `2026.${++asks}`))

/** Copies in Slack that tell of a request. */
async function copies(requestId: string) {
  const rows = await db.slackMessage.findMany({ where: { requestId }, orderBy: { id: 'asc' } })
  return rows.map((row) => ({
    row,
    message:
      row.ts === null
        ? undefined
        : ({ ...double.message(row.channelId ?? '', row.ts) } as DoubleMessage),
  }))
}
const cardOf = async (requestId: string) =>
  (await copies(requestId)).find(({ row }) => row.kind === 'card')

const valuesOf = (message: DoubleMessage | undefined) =>
  [...JSON.stringify(message?.blocks).matchAll(/"value":"(.*?)"[,}]/g)].map(([, value]) => value)

beforeEach(async () => {
  double.heal()
  double.afterCall(undefined)
  await w.passTime()
  await w.tick()
  double.calls.length = 0
})

describe('a held request', () => {
  it('is told in its channel, to those who can give what is missing, and to whoever owns the caller', async () => {
    const requestId = await ask()
    await w.settle()
    const told = await copies(requestId)
    expect(told.map(({ row }) => [row.kind, row.channelId]).sort()).toEqual([
      ['card', CHANNEL],
      ['direct', direct.mara],
      ['direct', direct.tomas],
      ['requester', requester],
    ])
    for (const { row, message } of told) {
      expect(row).toMatchObject({ state: 'sent', why: null, dueAt: null, leaseUntil: null })
      expect(message?.text).toContain('deploy.production')
    }
    const posts = double.callsOf('chat.postMessage')
    expect(posts).toHaveLength(4)
    expect(double.callsOf('chat.update')).toEqual([])
    const card = told.find(({ row }) => row.kind === 'card')
    expect(buttonsOf(card?.message).join()).toContain('pprove')
  })

  it('has every copy edited on each change, and its card’s thread told in order', async () => {
    const requestId = await ask()
    await w.settle()
    must(await approve(w, requestId, w.mara))
    await w.settle()
    const before = await copies(requestId)
    for (const { message } of before) expect(message?.version).toBeGreaterThan(1)
    await release(w, requestId)
    await w.settle()
    const after = await copies(requestId)
    for (const [index, { message }] of after.entries()) {
      expect(message?.version).toBeGreaterThan(before[index]?.message?.version ?? 0)
      expect(buttonsOf(message).join()).not.toMatch(/pprove|Reject/)
      expect(textOf(message)).toContain('Mara Lindqvist')
    }
    const card = await cardOf(requestId)
    const thread = double.thread(CHANNEL, card?.row.ts ?? '').map(({ text }) => text)
    expect(thread.length).toBeGreaterThanOrEqual(3)
    expect(thread.at(-1)).toMatch(/[Rr]eleased/)
  })

  it.each([
    ['rejected', (id: string) => reject(w, id, 'Not before the freeze'), 'Tomás Rey'],
    ['expired', (id: string) => expire(w, id), 'That is not a no'],
  ])('that is %s says so on every copy, by whom, and offers no vote', async (_, end, words) => {
    const requestId = await ask()
    await w.settle()
    await end(requestId)
    await w.settle()
    for (const { row, message } of await copies(requestId)) {
      expect(textOf(message)).toContain(words)
      expect(buttonsOf(message).join()).not.toMatch(/pprove|Reject/)
      expect(row.closedAt).not.toBeNull()
    }
  })

  it('costs no call where nothing that anybody sees has changed', async () => {
    const requestId = await ask()
    await w.settle()
    double.calls.length = 0
    await announceRequest(w.runtime, { requestId, outboxId: '0' })
    await announceRequest(w.runtime, { requestId, outboxId: '0' })
    expect(double.calls).toEqual([])
  })

  it('costs one call a copy though news that change nothing come while it is posted', async () => {
    const requestId = await ask()
    const process = await w.another()
    double.afterCall(async ({ method }) => {
      if (method !== 'chat.postMessage') return
      double.afterCall(undefined)
      // As the evaluation that follows each submission does.
      await announceRequest(process, { requestId, outboxId: '0' })
    })
    await w.settle()
    expect(double.callsOf('chat.postMessage')).toHaveLength(4)
    expect(double.callsOf('chat.update')).toEqual([])
    for (const { row } of await copies(requestId)) {
      expect(row).toMatchObject({ state: 'sent', leaseUntil: null, dueAt: null })
    }
  })

  it('never says that nothing is missing before the worker has seen the last vote', async () => {
    const requestId = await ask()
    await attachPlan(w, requestId, w.aiko)
    must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
    must(await approve(w, requestId, w.mara))
    await w.settle()
    const card = await cardOf(requestId)
    expect(textOf(card?.message)).not.toContain('Nothing is missing')
    expect(textOf(card?.message)).toContain('eing evaluated')
  })

  it('costs one edit a copy and one line a thread for a vote', async () => {
    const requestId = await ask()
    await w.settle()
    double.calls.length = 0
    must(await approve(w, requestId, w.mara))
    await w.settle()
    const threads = double.callsOf('chat.postMessage').map(({ args }) => args['channel'])
    expect(threads.sort()).toEqual([CHANNEL, requester].sort())
    expect(double.callsOf('chat.update')).toHaveLength(4)
    expect(double.calls).toHaveLength(6)
  })

  it('is edited within tens of milliseconds of a change', async () => {
    const requestId = await ask()
    await w.settle()
    const taken: number[] = []
    for (const who of [w.mara, w.tomas, w.mara]) {
      must(await approve(w, requestId, who))
      const from = performance.now()
      const [wakeUp] = await waiting(w.runtime)
      let editedAt = 0
      double.afterCall(({ method }) => {
        if (method === 'chat.update' && editedAt === 0) editedAt = performance.now()
      })
      await announceRequest(w.runtime, wakeUp ?? { requestId, outboxId: '0' })
      taken.push(editedAt - from)
    }
    // A machine under load takes longer: what counts is that nothing waits for a clock.
    expect(Math.min(...taken)).toBeLessThan(500)
  })
})

describe('while Slack is away', () => {
  const TROUBLES = [
    ['down', { kind: 'down' }],
    ['answering 500', { kind: 'status', status: 500 }],
  ] as const

  it.each(TROUBLES)('%s, nothing is lost and order is kept', async (_, trouble) => {
    const told = await ask()
    await w.settle()
    double.trouble(trouble)
    const untold = await ask()
    must(await approve(w, told, w.mara))
    await w.settle()
    await release(w, told)
    await w.settle()
    expect((await cardOf(untold))?.row).toMatchObject({ state: 'failed', ts: null })
    const failed = (await cardOf(told))?.row
    expect(failed).toMatchObject({ state: 'failed', leaseUntil: null })
    expect(failed?.why).toContain('Slack')
    expect(failed?.dueAt?.getTime()).toBeGreaterThan(Date.now())
    expect(await db.outbox.count({ where: { topic: 'notify', doneAt: null } })).toBe(0)

    double.heal()
    await w.passTime()
    await w.tick()
    for (const requestId of [told, untold]) {
      for (const { row } of await copies(requestId)) expect(row).toMatchObject({ state: 'sent' })
    }
    const card = await cardOf(told)
    expect(textOf(card?.message)).toContain('eleased')
    const thread = double.thread(CHANNEL, card?.row.ts ?? '').map(({ text }) => text)
    const lines = await eventLines(w.runtime, { requestId: told, afterOrdinal: 0 })
    expect(lines.length).toBeGreaterThanOrEqual(3)
    expect(thread).toEqual(lines.map((line) => threadMessage(line).text))
  })

  it('one call finds it out: the other messages wait with it', async () => {
    const requestId = await ask()
    double.trouble({ kind: 'down' })
    double.calls.length = 0
    await announceRequest(w.runtime, { requestId, outboxId: '0' })
    expect(double.calls).toHaveLength(1)
    expect((await copies(requestId)).map(({ row }) => row.state)).toEqual(Array(4).fill('failed'))
  })

  it('nobody is approved, nobody denied, and the console votes on', async () => {
    double.trouble({ kind: 'down' })
    const requestId = await ask()
    await w.settle()
    await release(w, requestId)
    await w.settle()
    expect(await db.request.findUnique({ where: { id: requestId } })).toMatchObject({
      state: 'released',
      verdict: 'ALLOW',
    })
  })

  it('429 silences the whole workspace for as long as Slack says', async () => {
    const [one, other] = [await ask(), await ask()]
    double.trouble({ kind: 'rate_limited', retryAfterSeconds: 30 }, { times: 1 })
    const [first, ...rest] = await waiting(w.runtime)
    const from = Date.now()
    await announceRequest(w.runtime, first ?? { requestId: one, outboxId: '0' })
    expect(double.calls).toHaveLength(1)
    // Another process has heard nothing of it but what the database says.
    const process = await w.another()
    for (const wakeUp of rest) await announceRequest(process, wakeUp)
    await w.tick()
    expect(double.calls).toHaveLength(1)
    for (const requestId of [one, other]) {
      for (const { row } of await copies(requestId)) {
        expect(row.dueAt?.getTime()).toBeGreaterThan(from + 29_000)
        expect(row.why).toContain('wait')
      }
    }
    await w.passTime()
    await w.tick()
    for (const requestId of [one, other]) {
      for (const { row } of await copies(requestId)) expect(row).toMatchObject({ state: 'sent' })
    }
    expect(
      double
        .posted(CHANNEL)
        .slice(-2)
        .map(({ text }) => text),
    ).toHaveLength(2)
  })
})

describe('whoever sends', () => {
  it('twice at once posts once', async () => {
    const requestId = await ask()
    const process = await w.another()
    const wakeUp = { requestId, outboxId: '0' }
    double.calls.length = 0
    await Promise.all(
      [w.runtime, process, w.runtime, process].map((each) => announceRequest(each, wakeUp)),
    )
    expect(double.callsOf('chat.postMessage')).toHaveLength(4)
    expect((await copies(requestId)).map(({ row }) => row.state)).toEqual(Array(4).fill('sent'))
  })

  it('hears of what came while they were sending: the last word in Slack is the last word', async () => {
    const requestId = await ask()
    await w.settle()
    const process = await w.another()
    let isFirst = true
    double.afterCall(async ({ method }) => {
      if (method !== 'chat.update' || !isFirst) return
      isFirst = false
      // The first edit is on its way while the request ends and another worker wants to tell it.
      await reject(w, requestId, 'Too late for this')
      for (const wakeUp of await waiting(w.runtime)) await announceRequest(process, wakeUp)
    })
    must(await approve(w, requestId, w.mara))
    await w.settle()
    for (const { row, message } of await copies(requestId)) {
      expect(textOf(message)).toContain('Tomás Rey')
      expect(row).toMatchObject({ state: 'sent', leaseUntil: null })
      expect(row.closedAt).not.toBeNull()
    }
  })

  it('killed between the post and the save leaves a copy that acts the same, and the kept one goes on', async () => {
    const requestId = await ask()
    const process = await w.another()
    const [wakeUp = { requestId, outboxId: '0' }] = await waiting(w.runtime)
    // The message arrives and the answer does not; the sender dies waiting for it.
    double.trouble({ kind: 'swallow' }, { method: 'chat.postMessage', times: 1 })
    const killed = new Promise<void>((resolve) => {
      double.afterCall(({ method }) => {
        if (method !== 'chat.postMessage') return
        double.afterCall(undefined)
        resolve()
      })
    })
    const dying = announceRequest(process, wakeUp)
    await killed
    const orphan = double.posted(CHANNEL).at(-1)
    // Until the lease runs out nobody else posts; the wake-up is done, and only the clock will come back to it.
    await announceRequest(w.runtime, wakeUp)
    expect(double.callsOf('chat.postMessage')).toHaveLength(1)
    expect(await waiting(w.runtime)).toEqual([])
    await w.passTime()
    await w.tick()
    const card = await cardOf(requestId)
    expect(card?.row).toMatchObject({ state: 'sent' })
    expect(card?.row.ts).not.toBe(orphan?.ts)
    // Its buttons name the same request, review and message: whatever they do is checked against the ticket.
    expect(valuesOf(orphan)).toEqual(valuesOf(card?.message))
    double.heal()
    await dying
    expect((await cardOf(requestId))?.row.ts).toBe(card?.row.ts)
    // The first press on it tells where it is; a press on the kept one does nothing to that.
    const messageId = card?.row.id ?? ''
    const press = (ts = '') => retireOrphan(w.runtime, { messageId, channel: CHANNEL, ts })
    expect(await press(card?.row.ts ?? '')).toBe(false)
    expect(await press(orphan?.ts)).toBe(true)
    expect(buttonsOf(double.message(CHANNEL, orphan?.ts ?? ''))).toEqual([])
    expect(buttonsOf((await cardOf(requestId))?.message).length).toBeGreaterThan(0)
  })

  it('a message that somebody deleted in Slack is posted anew', async () => {
    const requestId = await ask()
    await w.settle()
    const before = (await cardOf(requestId))?.row.ts
    double.trouble(
      { kind: 'error', code: 'message_not_found' },
      { method: 'chat.update', times: 1 },
    )
    must(await approve(w, requestId, w.mara))
    await w.settle()
    const after = await cardOf(requestId)
    expect(after?.row).toMatchObject({ state: 'sent' })
    expect(after?.row.ts).not.toBe(before)
  })
})
