import { afterEach, describe, expect, test } from 'vitest'
import { createLog } from '#lib/log'
import { commandBody, eventBody } from '../../scripts/slack/signed-body'
import { registerListeners } from '../../slack/listeners/register-listeners'
import { testDatabase } from '../database'
import {
  CHANNEL,
  command,
  happen,
  linkTo,
  postCard,
  press,
  send,
  slackWorld,
} from '../slack-clicks'
import { openDoor } from '../slack-door'
import { textsOf } from '../slack-elements'
import { submit } from '../world'

/** Who hears what Countersign says in Slack: the one it is for, also where a way is closed, and nobody else. */
const { url } = await testDatabase()
const w = await slackWorld(url)
const { db } = w.runtime
const { double } = w
const mara = await linkTo(w, w.mara, 'U0MARA')
const tomas = await linkTo(w, w.tomas, 'U0TOMAS')

/** Calls of the tests before. */
let seen = 0
afterEach(() => {
  double.heal()
  seen = double.calls.length
})

const callsOf = (name: string) => double.calls.slice(seen).filter(({ method }) => method === name)
const asides = () => callsOf('chat.postEphemeral').map(({ args }) => args)
const wordsOf = (args: Record<string, unknown> | undefined) => textsOf(args?.['blocks']).join('\n')

async function type(text: string, responseUrl: string): Promise<void> {
  const user = { id: 'U0NEW', name: 'new' }
  const channel = { id: CHANNEL, name: 'releases' }
  const said = { user, command: '/countersign', text, channel, triggerId: w.nextTrigger() }
  await w.deliver(commandBody(w.sender, { ...said, responseUrl }))
}

test('one request that cannot be read leaves the home and the inbox of everybody with all the others', async () => {
  const bad = await submit(w)
  const good = await submit(w)
  await db.$executeRaw`ALTER TABLE requests DISABLE TRIGGER ALL`
  await db.request.update({ where: { id: bad }, data: { hashed: 'not a contract' } })
  await db.$executeRaw`ALTER TABLE requests ENABLE TRIGGER ALL`
  await happen(w, { type: 'app_home_opened', user: tomas, channel: 'D0', tab: 'home' })
  const home = textsOf(double.views.get(`home:${tomas}`)?.['blocks']).join('\n')
  const inbox = await command(w, tomas, 'inbox')
  for (const shown of [home, inbox]) {
    expect(shown).toContain(good)
    expect(shown).not.toContain(bad)
  }
})

describe('the answer to a command', () => {
  test('goes to whoever typed it, by their id, and not to the address in the body', async () => {
    await type('link', double.responseUrl('of somebody else'))
    expect(asides()).toMatchObject([{ channel: CHANNEL, user: 'U0NEW' }])
    expect(wordsOf(asides()[0])).toMatch(/\/slack\/link#[\w-]{43}/)
    expect(callsOf('response_url')).toEqual([])
  })

  test('goes to the address of the command where the app is no member of the conversation', async () => {
    double.trouble({ kind: 'error', code: 'channel_not_found' }, { method: 'chat.postEphemeral' })
    expect(await command(w, 'U0NEW', 'link')).toMatch(/\/slack\/link#[\w-]{43}/)
    expect(callsOf('response_url')).toHaveLength(1)
  })

  test('goes nowhere where that address is none of our workspace', async () => {
    double.trouble({ kind: 'error', code: 'channel_not_found' }, { method: 'chat.postEphemeral' })
    await type('link', 'https://hooks.slack.com/services/T0THEIRS/B0/secret')
    expect(callsOf('response_url')).toEqual([])
  })
})

describe('what came of a modal that was sent off', () => {
  const approval = async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const { viewId } = await press(w, mara, card, 'approve')
    seen = double.calls.length
    double.trouble({ kind: 'error', code: 'not_found' }, { method: 'views.update' })
    return { requestId, viewId }
  }

  test('is told beside the card where Slack does not take the modal any more', async () => {
    const { requestId, viewId } = await approval()
    await send(w, mara, { viewId, fields: { code: await w.mara.code(), note: '' } })
    expect(await db.vote.count({ where: { requestId, endedAt: null } })).toBe(1)
    expect(asides()).toMatchObject([{ channel: CHANNEL, user: mara, text: 'Signed.' }])
  })

  test('that was not counted is told too, with why', async () => {
    const { requestId, viewId } = await approval()
    await send(w, mara, { viewId, fields: { code: '000000', note: '' } })
    expect(await db.vote.count({ where: { requestId, endedAt: null } })).toBe(0)
    expect(wordsOf(asides()[0])).toMatch(/code[\s\S]*Press the button once more/)
    expect(JSON.stringify(asides())).not.toContain('"input"')
  })

  test('is told in their own conversation where the card is none of ours or cannot be spoken at', async () => {
    const { viewId } = await approval()
    await db.slackMessage.updateMany({ data: { ts: null } })
    await send(w, mara, { viewId, fields: { code: '000000', note: '' } })
    expect(asides()).toMatchObject([{ channel: double.directOf(mara), user: mara }])
  })
})

test('the address of a ticket is not unfolded in a channel that another organisation reads too', async () => {
  const requestId = await submit(w)
  const address = `http://localhost:3000/tickets/${requestId}`
  const links = [{ url: address, domain: 'localhost' }]
  const event = { type: 'link_shared', user: mara, channel: CHANNEL, message_ts: '1.1', links }
  const shared = eventBody(w.sender, event)
  const outside = { ...(JSON.parse(shared.body) as object), is_ext_shared_channel: true }
  await w.deliver({ ...shared, body: JSON.stringify(outside) })
  expect(callsOf('chat.unfurl')).toEqual([])
  await happen(w, event)
  expect(callsOf('chat.unfurl')).toHaveLength(1)
})

test('why Slack refused stands in the log', async () => {
  const lines: string[] = []
  const log = createLog({ logLevel: 'info' }, { write: (line) => void lines.push(line) })
  const door = await openDoor({ ...w.runtime, log }, double, registerListeners)
  double.trouble({ kind: 'error', code: 'view_too_large' }, { method: 'views.publish' })
  const event = { type: 'app_home_opened', user: tomas, channel: 'D0', tab: 'home' }
  await door.send(eventBody(door.sender, event))
  await door.app.settled()
  expect(lines.join('')).toContain('refused: view_too_large')
})
