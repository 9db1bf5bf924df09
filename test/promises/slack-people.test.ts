import { beforeEach, describe, expect, it } from 'vitest'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { wakeForPerson } from '#lib/db/slack-announcements'
import { ticketDeliveries } from '#lib/queries/slack/ticket-deliveries'
import { testDatabase } from '../database'
import { reject } from '../settle'
import { ALERTS, asking, buttonsOf, CHANNEL, deliveryWorld, textOf } from '../slack-delivery'
import type { DoubleMessage } from '../slack-methods'
import { approve, attachPlan, join, must, person, submit } from '../world'

const { url } = await testDatabase()
const w = await deliveryWorld(url)
const { db } = w.runtime
const { double } = w
const HOUR_MS = 3_600_000
const ROUTING = `
default: ${CHANNEL}
alerts: ${ALERTS}
flood: { cards: 100 }
direct_messages: 2
requesters: false
remind: { after: 30m, every: 2h, most: 3 }
escalate:
  - { after: 2h, group: managers }
  - { after: 4h, channel: C0WAR }
`
const nina = await person(w.runtime, 'Nina Aalto', ['approver'])
await join(w.runtime, 'managers', nina.id)
await join(w.runtime, 'release_managers', nina.id)
let asks = 0
const ask = () => submit(w, asking(w.contract, `2026.${++asks}`))
const openedAt = async (id: string) =>
  (await db.request.findUniqueOrThrow({ where: { id } })).openedAt?.getTime() ?? 0
/** Who was messaged directly about a request, why and in what state. */
async function told(requestId: string) {
  const rows = await db.slackMessage.findMany({
    where: { requestId, kind: 'direct' },
    orderBy: { id: 'asc' },
  })
  return rows.map((row) => ({
    ...row,
    message: row.ts === null ? undefined : double.message(row.channelId ?? '', row.ts),
  }))
}
const names = async (requestId: string) =>
  [...new Set((await told(requestId)).map(({ personId }) => personId))].sort()
const wake = (requestId: string) =>
  db.outbox.create({ data: { topic: 'notify', requestId, cause: 'test' } })
/** As at a time of its life. */
async function at(requestId: string, ms: number): Promise<void> {
  await wake(requestId)
  await w.settle((await openedAt(requestId)) + ms)
}

beforeEach(async () => {
  const open = await db.request.findMany({ where: { state: 'open' } })
  const actor = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
  for (const { id } of open) {
    must(await cancelRequest(w.runtime, { requestId: id, actor, reason: null }))
  }
  await db.person.updateMany({ data: { active: true } })
  await db.slackLink.deleteMany()
  await w.publish(ROUTING)
  await w.settle()
  double.calls.length = 0
})

describe('who is messaged directly', () => {
  it('only people who are linked, active and may vote; no more than the routing says; never who is behind it', async () => {
    await w.link(w.owner, 'U0JONAS')
    await w.link(w.ines, 'U0INES')
    await w.link(w.mara, 'U0MARA')
    await db.person.update({ where: { id: w.tomas.id }, data: { active: false } })
    await w.link(w.tomas, 'U0TOMAS')
    const requestId = await ask()
    await w.settle()
    expect(await names(requestId)).toEqual([w.mara.id])
    await db.person.update({ where: { id: w.tomas.id }, data: { active: true } })
    await w.link(w.aiko, 'U0AIKO')
    await at(requestId, 60_000)
    expect(await names(requestId)).toHaveLength(2)
    expect(await names(requestId)).not.toContain(w.owner.id)
    expect(await names(requestId)).not.toContain(w.ines.id)
  })

  it('not who has voted; and again, to confirm, once a plan came after the vote', async () => {
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    must(await approve(w, requestId, w.mara))
    await w.settle()
    expect(await told(requestId)).toEqual([])
    await attachPlan(w, requestId, w.aiko)
    await w.settle()
    const [row, ...others] = await told(requestId)
    expect(others).toEqual([])
    expect(row).toMatchObject({ personId: w.mara.id, occasion: 'confirm', state: 'sent' })
    expect(textOf(row?.message)).toContain('onfirm')
  })

  it('asks somebody who was asked before to confirm by a new message; the old one has no buttons left', async () => {
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    await w.settle()
    must(await approve(w, requestId, w.mara))
    await w.settle()
    await attachPlan(w, requestId, w.aiko)
    await w.settle()
    const [old, fresh] = await told(requestId)
    expect([old?.occasion, fresh?.occasion]).toEqual(['asked', 'confirm'])
    expect(buttonsOf(old?.message)).toEqual([])
    expect(old?.closedAt).not.toBeNull()
    expect(buttonsOf(fresh?.message).length).toBeGreaterThan(0)
  })

  it.each([
    [
      'unlinked',
      async () => {
        const { id } = w.mara
        must(await unlinkSlack(w.runtime, { personId: id, byPersonId: id }))
        // Nobody has to touch the request for what they were sent to go.
        await w.settle()
        expect(buttonsOf(double.posted('D0MARA').at(-1))).toEqual([])
      },
    ],
    ['deactivated', () => db.person.update({ where: { id: w.mara.id }, data: { active: false } })],
  ])('nobody who was %s: no more messages, and the old one shows nothing', async (_, leave) => {
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    await w.settle()
    await leave()
    double.calls.length = 0
    await at(requestId, HOUR_MS)
    await at(requestId, 3 * HOUR_MS)
    const posts = double.callsOf('chat.postMessage').map(({ args }) => args['channel'])
    expect(posts).not.toContain('D0MARA')
    const [row] = await told(requestId)
    expect(row?.closedAt).not.toBeNull()
    expect(buttonsOf(row?.message)).toEqual([])
    expect(textOf(row?.message)).not.toContain('deploy.production')
    const delivery = await db.slackDelivery.findFirst({
      where: { requestId, target: `person:${w.mara.id}` },
    })
    expect(delivery).toMatchObject({ state: 'failed', messageId: null })
  })
})

describe('whoever is somebody else in Slack from now on', () => {
  const relink = async (who: typeof w.mara, userId: string) => {
    must(await unlinkSlack(w.runtime, { personId: who.id, byPersonId: who.id }))
    const direct = await w.link(who, userId)
    await wakeForPerson(db, who.id)
    return direct
  }
  const callsTo = (channel: string) =>
    double.calls.filter(({ args }) => args['channel'] === channel)

  it('is told there, and no more where they were before: what was sent there is emptied', async () => {
    await w.publish(ROUTING.replace('requesters: false', 'requesters: true'))
    const before = [await w.link(w.mara, 'U0MARA'), await w.link(w.owner, 'U0JONAS')]
    const requestId = await ask()
    await w.settle()
    for (const channel of before) expect(textOf(double.posted(channel).at(-1))).toContain('deploy')
    // No worker looks between the end of the one link and the next.
    const after = [await relink(w.mara, 'U0MARA2'), await relink(w.owner, 'U0JONAS2')]
    double.calls.length = 0
    await w.settle()
    for (const channel of before) {
      expect(callsTo(channel).map(({ method }) => method)).toEqual(['chat.update'])
      const message = double.posted(channel).at(-1)
      expect(buttonsOf(message)).toEqual([])
      expect(textOf(message)).not.toContain('deploy.production')
    }
    double.calls.length = 0
    await reject(w, requestId, 'a reason for the new ones')
    await w.settle()
    for (const channel of before) expect(callsTo(channel)).toEqual([])
    for (const channel of after) {
      expect(double.posted(channel)).toHaveLength(1)
      expect(textOf(double.posted(channel)[0])).toContain('Tomás Rey')
    }
  })

  it('is told of what they were asked about before a worker saw that they had left', async () => {
    await w.link(w.mara, 'U0MARA')
    await ask()
    await w.settle()
    must(await unlinkSlack(w.runtime, { personId: w.mara.id, byPersonId: w.mara.id }))
    await w.settle()
    const direct = await w.link(w.mara, 'U0MARA3')
    await wakeForPerson(db, w.mara.id)
    await w.settle()
    expect(double.posted(direct)).toHaveLength(1)
  })

  it('is asked anew, though somebody else took their place meanwhile', async () => {
    await w.publish(ROUTING.replace('direct_messages: 2', 'direct_messages: 1'))
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    await w.settle()
    await w.link(w.tomas, 'U0TOMAS')
    must(await unlinkSlack(w.runtime, { personId: w.mara.id, byPersonId: w.mara.id }))
    await w.settle()
    expect(await names(requestId)).toEqual([w.mara.id, w.tomas.id].sort())
    const direct = await w.link(w.mara, 'U0MARA5')
    await wakeForPerson(db, w.mara.id)
    await w.settle()
    await at(requestId, 60_000)
    expect(double.posted(direct)).toHaveLength(1)
    expect(buttonsOf(double.posted(direct)[0]).length).toBeGreaterThan(0)
  })

  it('finds what was taken from them still taken back once it has ended, and nothing failed', async () => {
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    await w.settle()
    must(await unlinkSlack(w.runtime, { personId: w.mara.id, byPersonId: w.mara.id }))
    await w.settle()
    await reject(w, requestId, 'Not tonight')
    await w.settle()
    const told = await ticketDeliveries(w.runtime, { roles: [] }, requestId)
    const direct = told?.deliveries.find(({ kind }) => kind === 'direct')
    expect(direct).toMatchObject({ state: 'taken_back', to: { name: 'Mara Lindqvist' } })
  })

  it('is never sent to at the old place by who was about to', async () => {
    const old = await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    let fresh = ''
    double.afterCall(async ({ method, args }) => {
      if (method !== 'conversations.open' || args['users'] !== 'U0MARA') return
      double.afterCall(undefined)
      fresh = await relink(w.mara, 'U0MARA4')
    })
    await w.settle()
    await reject(w, requestId, 'a reason for the new one')
    await w.settle()
    const message = double.posted(old).at(-1)
    expect(buttonsOf(message)).toEqual([])
    expect(textOf(message)).not.toContain('a reason for the new one')
    expect(textOf(double.posted(fresh).at(-1))).toContain('Tomás Rey')
  })

  it('has all of it looked at again, however much it is', async () => {
    const row = { kind: 'direct', personId: w.mara.id, callerId: w.callerId, state: 'queued' }
    const requests = Array.from({ length: 230 }, (_, n) => `req_${String(n).padStart(26, '0')}`)
    const data = requests.map((requestId, n) => ({
      ...row,
      id: `msg_many${n}`,
      requestId,
      createdAt: new Date(),
    }))
    await db.slackMessage.createMany({ data })
    await wakeForPerson(db, w.mara.id)
    const woken = await db.outbox.findMany({ where: { requestId: { in: requests } } })
    await db.outbox.deleteMany({ where: { requestId: { in: requests } } })
    await db.slackMessage.deleteMany({ where: { requestId: { in: requests } } })
    expect(new Set(woken.map(({ requestId }) => requestId)).size).toBe(requests.length)
  })
})

describe('time alone', () => {
  it('reminds those who were asked, as often as the routing says, and leaves one live copy', async () => {
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    await w.settle()
    for (const ms of [29 * 60_000, 31 * 60_000, HOUR_MS, 2.6 * HOUR_MS, 5 * HOUR_MS, 9 * HOUR_MS]) {
      await at(requestId, ms)
    }
    const rows = await told(requestId)
    expect(rows.map(({ occasion }) => occasion)).toEqual([
      'asked',
      'reminder',
      'reminder',
      'reminder',
    ])
    const live = rows.filter(({ closedAt }) => closedAt === null)
    expect(live.map(({ id }) => id)).toEqual([rows.at(-1)?.id])
    for (const row of rows.slice(0, -1)) expect(buttonsOf(row.message)).toEqual([])
    expect(await db.slackWatch.findUnique({ where: { requestId } })).toMatchObject({
      remindersSent: 3,
    })
  })

  it('says when it is due next, and the clock wakes it then', async () => {
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    await w.settle()
    const watch = await db.slackWatch.findUniqueOrThrow({ where: { requestId } })
    expect(watch.nextAt?.getTime()).toBe((await openedAt(requestId)) + 30 * 60_000)
    await w.tick()
    expect(await told(requestId)).toHaveLength(1)
    await db.slackWatch.update({ where: { requestId }, data: { nextAt: new Date() } })
    await w.tick((await openedAt(requestId)) + 31 * 60_000)
    expect(await told(requestId)).toHaveLength(2)
  })

  it('escalates after silence: to the group, then to the channel; a vote ends both', async () => {
    await w.publish(
      ROUTING.replace(/direct_messages: 2|remind: .*/g, (line) =>
        line.startsWith('r') ? '' : 'direct_messages: 0',
      ),
    )
    await w.link(nina, 'U0NINA')
    const requestId = await ask()
    await at(requestId, HOUR_MS)
    expect(await told(requestId)).toEqual([])
    await at(requestId, 2 * HOUR_MS)
    const rows = await told(requestId)
    expect(rows.map(({ personId, occasion }) => [personId, occasion])).toEqual([
      [nina.id, 'escalation'],
    ])
    const answered = await ask()
    must(await approve(w, answered, w.mara))
    await at(answered, 5 * HOUR_MS)
    await at(requestId, 4 * HOUR_MS)
    const cards = await db.slackMessage.findMany({
      where: { channelId: 'C0WAR', requestId: { in: [requestId, answered] } },
    })
    expect(cards.map((card) => [card.requestId, card.state])).toEqual([[requestId, 'sent']])
  })

  it('waits for the end of quiet hours with all that disturbs people; the card does not wait', async () => {
    await w.link(w.mara, 'U0MARA')
    const hour = (ms: number) => new Date(ms).toISOString().slice(11, 13)
    const now = Date.now()
    const quiet = `quiet: { zone: UTC, from: "${hour(now)}:00", to: "${hour(now + 2 * HOUR_MS)}:00" }\n`
    await w.publish(`${ROUTING}${quiet}`)
    const requestId = await ask()
    await w.settle()
    expect(await told(requestId)).toEqual([])
    expect(double.posted(CHANNEL).at(-1)?.text).toContain('deploy.production')
    const delivery = await db.slackDelivery.findFirst({
      where: { requestId, target: `person:${w.mara.id}` },
    })
    expect(delivery).toMatchObject({ state: 'queued', messageId: null })
    expect(delivery?.why).toContain('quiet')
    const watch = await db.slackWatch.findUniqueOrThrow({ where: { requestId } })
    const endsAt = watch.nextAt?.getTime() ?? 0
    expect(new Date(endsAt).toISOString().slice(11)).toBe(`${hour(now + 2 * HOUR_MS)}:00:00.000Z`)
    await wake(requestId)
    await w.settle(endsAt)
    expect(await names(requestId)).toEqual([w.mara.id])
    const urgent = await ask()
    await db.request.update({
      where: { id: urgent },
      data: { deadlineAt: new Date(endsAt - 1_000) },
    })
    await w.settle()
    expect(await names(urgent)).toEqual([w.mara.id])
  })
})

describe('a direct message that became needless before it could go out', () => {
  it('is no failure: it says that it was not needed', async () => {
    await w.link(w.mara, 'U0MARA')
    const requestId = await ask()
    double.afterCall(async ({ method, args }) => {
      if (method !== 'chat.postMessage' || args['channel'] !== CHANNEL) return
      double.afterCall(undefined)
      await reject(w, requestId, 'Not tonight')
    })
    await w.settle()
    expect(await told(requestId)).toMatchObject([
      { ts: null, why: 'It ended before the message could go out.' },
    ])
    const shown = await ticketDeliveries(w.runtime, { roles: [] }, requestId)
    const direct = shown?.deliveries.find(({ kind }) => kind === 'direct')
    expect(direct).toMatchObject({ state: 'not_needed', dueAt: null })
  })
})

describe('where nobody can be reached', () => {
  const alerts = () => double.posted(ALERTS).map((message: DoubleMessage) => message.text)

  it('the alerts’ channel is told, once', async () => {
    double.closedChannels.add(CHANNEL)
    const before = alerts().length
    const requestId = await ask()
    await w.settle()
    await wake(requestId)
    await w.settle()
    await at(requestId, HOUR_MS)
    await at(requestId, 3 * HOUR_MS)
    double.closedChannels.delete(CHANNEL)
    expect(alerts().length - before).toBe(1)
    expect(alerts().at(-1)).toContain('deploy.production')
    const watch = await db.slackWatch.findUniqueOrThrow({ where: { requestId } })
    expect(watch.unreachedSince).not.toBeNull()
    const card = await db.slackMessage.findFirst({ where: { requestId, kind: 'card' } })
    expect(card).toMatchObject({ state: 'given_up' })
    expect(card?.why).toContain('invite')
  })

  it('the alerts’ channel is told as soon as the last hope is given up', async () => {
    double.closedChannels.add(CHANNEL)
    const before = alerts().length
    const requestId = await ask()
    await w.settle()
    double.closedChannels.delete(CHANNEL)
    const watch = await db.slackWatch.findUniqueOrThrow({ where: { requestId } })
    expect(watch.unreachedSince).not.toBeNull()
    expect(alerts().length - before).toBe(1)
  })

  it('the alert is edited once somebody is reached, says so when that is over, and when the request ends', async () => {
    double.closedChannels.add(CHANNEL)
    const requestId = await ask()
    await w.settle()
    double.closedChannels.delete(CHANNEL)
    expect(alerts().at(-1)).toContain('Nobody who may approve')
    await w.link(w.mara, 'U0MARA')
    await wake(requestId)
    await w.settle()
    expect(alerts().at(-1)).toContain('Somebody who may approve is reached now.')
    must(await unlinkSlack(w.runtime, { personId: w.mara.id, byPersonId: w.mara.id }))
    await w.settle()
    expect(alerts().at(-1)).toContain('Nobody who may approve')
    await reject(w, requestId, 'Not tonight')
    await w.settle()
    expect(alerts().at(-1)).toContain('The request has ended.')
    const row = await db.slackMessage.findFirst({ where: { requestId, kind: 'alert' } })
    expect(row?.closedAt).not.toBeNull()
    const posts = double
      .callsOf('chat.postMessage')
      .filter(({ args }) => args['channel'] === ALERTS)
    expect(posts).toHaveLength(1)
  })

  it('a tool that no route fits is told to the alerts’ channel and on record', async () => {
    await w.publish(`routes: [{ channel: ${CHANNEL}, tools: [db.*] }]\nalerts: ${ALERTS}\n`)
    const before = alerts().length
    const requestId = await ask()
    await w.settle()
    await at(requestId, HOUR_MS)
    expect(alerts().length - before).toBe(1)
    expect(await db.slackDelivery.findMany({ where: { requestId } })).toMatchObject([
      { target: 'route', state: 'failed', why: 'No Slack channel is set for deploy.production.' },
    ])
    expect(await db.slackMessage.count({ where: { requestId, kind: 'card' } })).toBe(0)
    await w.publish(ROUTING)
    await w.settle()
    const targets = await db.slackDelivery.findMany({ where: { requestId } })
    expect(targets.map(({ target }) => target)).toEqual([`channel:${CHANNEL}`])
    // What the alert said is true no more, and it says so where it stands.
    expect(alerts().length - before).toBe(1)
    expect(alerts().at(-1)).toContain('A card of it stands in a channel now.')
  })
})
