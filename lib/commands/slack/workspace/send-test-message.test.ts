import { afterAll, beforeEach, expect, test } from 'vitest'
import { sealTokens } from '#lib/notify/slack/tokens-at-rest'
import { testDatabase } from '../../../../test/database'
import { startSlackDouble } from '../../../../test/slack-double'
import { SLACK_ENV, slackRows } from '../../../../test/slack-rows'
import { must, world } from '../../../../test/world'
import { sendTestMessage } from './send-test-message'

const slack = await startSlackDouble()
afterAll(() => slack.close())
const { url } = await testDatabase()
const w = await world(url, { env: { ...SLACK_ENV, SLACK_API_URL: slack.url } })
const { db, sealer, now } = w.runtime
const rows = slackRows(w)
const channel = 'C0RELEASES'

beforeEach(async () => {
  await rows.clear()
  slack.heal()
  slack.closedChannels.clear()
  slack.calls.length = 0
  const token = { botToken: slack.botToken, refreshToken: null, expiresInMs: null }
  const { sealedBotToken } = sealTokens(sealer, slack.teamId, token, now())
  await rows.workspace({ teamId: slack.teamId, botUserId: slack.botUserId, sealedBotToken })
  w.runtime.slack?.forgetWorkspace()
})

const send = (byPersonId = w.owner.id) => sendTestMessage(w.runtime, { channel, byPersonId })
const told = () => db.event.findMany({ where: { stream: 'installation', type: 'slack.test_sent' } })

test('an admin hears from a channel that Countersign can post there, and the record says who tried', async () => {
  const before = (await told()).length
  must(await send())
  expect(slack.posted(channel).at(-1)?.text).toContain('can post here')
  expect((await told()).slice(before)).toMatchObject([
    { actor: { kind: 'person', id: w.owner.id }, body: { channel } },
  ])
})

test('nobody but an admin has anything posted', async () => {
  expect(await send(w.mara.id)).toMatchObject({ refusal: { code: 'forbidden' } })
  expect(slack.calls).toEqual([])
})

test('a channel that Countersign is not in is refused at its field, with what to do', async () => {
  const before = (await told()).length
  slack.closedChannels.add(channel)
  expect(await send()).toMatchObject({
    refusal: {
      code: 'invalid_body',
      fields: [{ path: '/channel', message: expect.stringContaining('/invite @Countersign') }],
    },
  })
  expect(await told()).toHaveLength(before)
})

test('patience that Slack asks for, silence and a missing workspace are told as what they are', async () => {
  slack.trouble({ kind: 'rate_limited', retryAfterSeconds: 30 })
  expect(await send()).toMatchObject({
    refusal: { code: 'unavailable', detail: 'Slack asked to wait 30 s. Try again then.' },
  })
  slack.heal()
  await db.slackWorkspace.updateMany({ data: { pausedUntil: null } })
  w.runtime.slack?.forgetWorkspace()
  slack.trouble({ kind: 'down' })
  expect(await send()).toMatchObject({ refusal: { code: 'unavailable' } })
  slack.heal()
  await db.slackWorkspace.deleteMany()
  w.runtime.slack?.forgetWorkspace()
  expect(await send()).toMatchObject({
    refusal: { detail: 'Countersign is in no Slack workspace yet.' },
  })
  expect(
    await sendTestMessage({ ...w.runtime, slack: null }, { channel, byPersonId: w.owner.id }),
  ).toMatchObject({ refusal: { detail: 'Slack is not set up here.' } })
})
