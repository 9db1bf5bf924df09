import { beforeEach, describe, expect, test } from 'vitest'
import { tellAccount } from '#lib/auth/account-news'
import { appendEvents } from '#lib/db/append-events'
import { accountNotices } from '#lib/queries/account/account-notices'
import { testDatabase } from '../../../test/database'
import { ALERTS, deliveryWorld } from '../../../test/slack-delivery'
import { must, type WorldPerson } from '../../../test/world'
import { resetFactors } from '../factor/reset-factors'
import { linkSlack } from '../slack/person/link-slack'
import { startSlackLink } from '../slack/person/start-slack-link'
import { unlinkSlack } from '../slack/person/unlink-slack'
import { acknowledge } from './acknowledge'
import { announceTo } from './announce-to'
import { disown } from './disown'
import { sendAnnouncements } from './send-announcements'

const { url } = await testDatabase()
const w = await deliveryWorld(url)
const { runtime, double } = w
const { db } = runtime
const direct = await w.link(w.mara, 'U0MARA')
const toOwner = await w.link(w.owner, 'U0JONAS')
await w.publish(`routes:\n  - channel: C0RELEASES\nalerts: ${ALERTS}\n`)

beforeEach(async () => {
  double.heal()
  await db.announcement.deleteMany()
  await db.slackWorkspace.updateMany({ data: { pausedUntil: null } })
  runtime.slack?.forgetWorkspace()
})

/** Something that happened to somebody's account, as commands tell it. */
async function happen(person: WorldPerson): Promise<void> {
  const event = {
    stream: `person:${person.id}`,
    type: 'recovery_codes.made',
    actor: { kind: 'person' as const, id: person.id },
    body: { count: 10 },
  }
  await db.$transaction((tx) => tellAccount(tx, [event], Date.now()))
}
const rows = (person: WorldPerson) =>
  db.announcement.findMany({ where: { personId: person.id }, orderBy: { id: 'asc' } })
const saidIn = (channel: string, since = 0) =>
  double
    .posted(channel)
    .slice(since)
    .map((message) => JSON.stringify(message.blocks))
const passTime = () =>
  db.announcement.updateMany({
    where: { dueAt: { not: null } },
    data: { dueAt: new Date(Date.now() - 1_000), leaseUntil: null },
  })

describe('an announcement in Slack', () => {
  test('goes to the linked user directly, once, however many workers look', async () => {
    const before = double.posted(direct).length
    await happen(w.mara)
    const others = await Promise.all([w.another(), w.another(), w.another()])
    await Promise.all([runtime, ...others].map((each) => sendAnnouncements(each)))
    await sendAnnouncements(runtime)
    expect(saidIn(direct, before)).toHaveLength(1)
    expect(saidIn(direct, before)[0]).toContain('New recovery codes were made for your account')
    expect(await rows(w.mara)).toMatchObject([{ dueAt: null, why: null, sentAt: expect.any(Date) }])
  })

  test('of a reset goes to the alerts channel as well, and says who did it', async () => {
    const before = double.posted(ALERTS).length
    must(await resetFactors(runtime, { personId: w.tomas.id, by: { kind: 'system' } }))
    await sendAnnouncements(runtime)
    expect(saidIn(ALERTS, before)[0]).toContain(
      'The operator of this installation reset the factors of Tomás Rey',
    )
    const told = await rows(w.tomas)
    expect(told.map(({ audience, why }) => [audience, why])).toEqual(
      expect.arrayContaining([
        ['person', 'No Slack user is linked.'],
        ['alerts', null],
      ]),
    )
  })

  test.each([
    ['down', { kind: 'down' }],
    ['asking for patience', { kind: 'rate_limited', retryAfterSeconds: 1 }],
    ['in trouble', { kind: 'status', status: 503 }],
    ['without the app', { kind: 'error', code: 'token_revoked' }],
  ] as const)('is not lost while Slack is %s', async (_name, trouble) => {
    const before = double.posted(direct).length
    await happen(w.mara)
    double.trouble(trouble)
    await sendAnnouncements(runtime)
    const [failed] = await rows(w.mara)
    expect(failed).toMatchObject({ sentAt: null, leaseUntil: null, why: expect.any(String) })
    expect(failed?.dueAt?.getTime()).toBeGreaterThan(Date.now())
    await sendAnnouncements(runtime)
    expect(saidIn(direct, before)).toEqual([])
    double.heal()
    await db.slackWorkspace.updateMany({ data: { pausedUntil: null } })
    runtime.slack?.forgetWorkspace()
    await passTime()
    await sendAnnouncements(runtime)
    expect(saidIn(direct, before)).toHaveLength(1)
  })

  test('of a worker that died is sent by another once its lease has run out', async () => {
    const before = double.posted(direct).length
    await happen(w.mara)
    await db.announcement.updateMany({ data: { leaseUntil: new Date(Date.now() + 60_000) } })
    expect(await sendAnnouncements(runtime)).toBe(0)
    await db.announcement.updateMany({ data: { leaseUntil: new Date(Date.now() - 1) } })
    expect(await sendAnnouncements(runtime)).toBe(1)
    expect(saidIn(direct, before)).toHaveLength(1)
  })

  test('that is a week old is not sent any more, and stands in the console still', async () => {
    await happen(w.mara)
    await db.announcement.updateMany({ data: { createdAt: new Date(Date.now() - 8 * 86_400_000) } })
    expect(await sendAnnouncements(runtime)).toBe(0)
    expect(await rows(w.mara)).toMatchObject([{ dueAt: null, sentAt: null }])
    const { news } = await accountNotices(runtime, { personId: w.mara.id, method: 'passkey' })
    expect(news).toHaveLength(1)
  })
})

describe('the end and the beginning of a Slack link', () => {
  test('are told, with the id of the user and not the name that the user chose', async () => {
    const user = { enterpriseId: '', teamId: double.teamId, userId: 'U0INES' }
    const { url: address } = must(
      await startSlackLink(runtime, { user, userName: 'IGNORE THE NOTICE' }),
    )
    const secret = new URL(address).hash.slice(1)
    const proof = { kind: 'totp', code: await w.ines.code() } as const
    must(await linkSlack(runtime, { secret, personId: w.ines.id, proof }))
    must(await unlinkSlack(runtime, { personId: w.ines.id, byPersonId: w.owner.id }))
    expect((await rows(w.ines)).map(({ text }) => text)).toEqual([
      'The Slack user U0INES was linked to you: what it does there counts as done by you.',
      'Jonas Weber ended your link to the Slack user U0INES.',
    ])
  })
})

describe('in the console', () => {
  const seenBy = (person: WorldPerson) =>
    accountNotices(runtime, { personId: person.id, method: 'passkey' })

  test('news stand until their person says that they know, five at a time, newest first', async () => {
    for (let n = 0; n < 6; n++) await happen(w.mara)
    const { news, moreCount, adminNames } = await seenBy(w.mara)
    expect([news.length, moreCount, adminNames]).toEqual([5, 1, ['Jonas Weber']])
    const ids = news.map(({ id }) => id)
    expect(must(await acknowledge(runtime, { personId: w.tomas.id, ids }))).toEqual({ count: 0 })
    expect(must(await acknowledge(runtime, { personId: w.mara.id, ids }))).toEqual({ count: 5 })
    expect(await seenBy(w.mara)).toMatchObject({ moreCount: 0, news: [{ id: expect.any(String) }] })
  })

  test('what is about a caller leads to where to look, here and in Slack, and offers nobody to disown', async () => {
    const endpointId = runtime.newId('whe')
    const event = {
      stream: 'caller:clr_any',
      type: 'webhook.failing',
      actor: { kind: 'system' as const },
      body: { endpoint: endpointId },
    }
    const before = double.posted(direct).length
    await db.$transaction(async (tx) => {
      const [eventSeq = 0n] = await appendEvents(tx, [event], Date.now())
      const news = { personId: w.mara.id, eventSeq, text: 'Nothing has reached it for an hour.' }
      await announceTo(runtime, tx, news, Date.now())
    })
    await happen(w.mara)
    const { news } = await seenBy(w.mara)
    expect(news.map(({ aboutCaller }) => aboutCaller?.link?.path)).toEqual([
      undefined,
      `/webhooks/${endpointId}`,
    ])
    await sendAnnouncements(runtime)
    const said = saidIn(direct, before)
    expect(said).toHaveLength(2)
    const [ofWebhook, ofAccount] = said.toSorted((a) => (a.includes('an hour') ? -1 : 1))
    expect(ofWebhook).toContain(`/webhooks/${endpointId}`)
    expect(ofWebhook).not.toContain('This was not me')
    expect(ofAccount).toContain('This was not me')
  })

  test('what is for the alerts channel is shown to nobody as theirs', async () => {
    must(await resetFactors(runtime, { personId: w.tomas.id, by: { kind: 'system' } }))
    expect((await seenBy(w.tomas)).news.map(({ text }) => text)).toEqual([
      expect.stringContaining('reset your factors'),
    ])
  })

  test('whoever says that it was not them ends every session of theirs, and the admins are told', async () => {
    await happen(w.mara)
    const [event] = await rows(w.mara)
    await db.session.createMany({
      data: [1, 2].map(() => ({
        id: runtime.newId('ses'),
        personId: w.mara.id,
        method: 'passkey',
        lastSeenAt: new Date(),
        expiresAt: new Date(Date.now() + 60_000),
      })),
    })
    const before = double.posted(toOwner).length
    const done = must(await disown(runtime, { personId: w.mara.id, ids: [event?.id ?? ''] }))
    expect(done).toEqual({ sessionCount: 2, adminNames: ['Jonas Weber'] })
    expect(await db.session.count({ where: { personId: w.mara.id, revokedAt: null } })).toBe(0)
    const told = await db.event.findFirstOrThrow({
      where: { stream: `person:${w.mara.id}`, type: 'account.disowned' },
    })
    expect(told.body).toEqual({ sessions: 2, entries: [Number(event?.eventSeq)] })
    expect((await seenBy(w.owner)).news[0]?.text).toContain(
      'Mara Lindqvist says that somebody else changed their account',
    )
    await sendAnnouncements(runtime)
    expect(saidIn(toOwner, before)[0]).toContain('Mara Lindqvist says that somebody else')
  })
})
