import { afterEach, describe, expect, test } from 'vitest'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { announceRequest } from '#lib/commands/slack/delivery/announce-request'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { publishRouting } from '#lib/commands/slack/workspace/publish-routing'
import type { Contract } from '#lib/core/contract/contract'
import { SLACK_VIEWS } from '#lib/wire/slack/buttons'
import { buttonBody } from '../../scripts/slack/signed-body'
import { ticketOf } from '../../slack/listeners/link-shared'
import { testDatabase } from '../database'
import {
  CHANNEL,
  choose,
  command,
  forge,
  happen,
  linkTo,
  type PostedCard,
  postCard,
  press,
  send,
  slackWorld,
} from '../slack-clicks'
import { waiting } from '../slack-delivery'
import { elementOf, fieldsIn, textsOf } from '../slack-elements'
import { attachPlan, must, person, ROLLBACK_PLAN, submit } from '../world'

const { url } = await testDatabase()
const w = await slackWorld(url)
const { db } = w.runtime
const mara = await linkTo(w, w.mara, 'U0MARA')
const aiko = await linkTo(w, w.aiko, 'U0AIKO')
const ines = await linkTo(w, w.ines, 'U0INES')

const PLAN = {
  'rollback_plan.steps': `${ROLLBACK_PLAN.steps.join('\n')}\n\n`,
  'rollback_plan.owner': 'Aiko Mori',
  'rollback_plan.estimated_minutes': '12',
  'rollback_plan.previous_version': '2026.03.07',
  'rollback_plan.tested': 'yes',
}

afterEach(() => w.double.heal())

const evidenceOn = (requestId: string) => db.evidence.findMany({ where: { requestId } })
const stateOf = async (requestId: string) =>
  (await db.request.findUniqueOrThrow({ where: { id: requestId } })).state

/** Whatever waits to be told is told, as the worker does it. */
async function tell(): Promise<void> {
  for (const wakeUp of await waiting(w.runtime)) await announceRequest(w.runtime, wakeUp)
}

/** The latest message of a conversation that tells of a request, as its buttons stand now. */
async function messageIn(channelId: string, requestId: string): Promise<PostedCard> {
  const row = await db.slackMessage.findFirstOrThrow({
    where: { channelId, requestId },
    orderBy: { createdAt: 'desc' },
  })
  const ts = row.ts ?? ''
  return { messageId: row.id, requestId, ts, content: { ...w.double.message(channelId, ts) } }
}

test('a deploy is held, planned, signed, confirmed and released without leaving Slack', async () => {
  const source = `routes:\n  - channel: ${CHANNEL}\n    tools: [deploy.*]\ndirect_messages: 5\n`
  must(await publishRouting(w.runtime, { source, personId: null }))
  const requestId = await submit(w)
  await tell()
  const signing = await press(w, mara, await messageIn(CHANNEL, requestId), 'approve')
  const fields = { code: await w.mara.code(), note: '' }
  await send(w, mara, { viewId: signing.viewId, fields })
  await tell()
  const signed = await messageIn(CHANNEL, requestId)
  expect(textsOf(signed.content['blocks']).join(' ')).toContain('Mara Lindqvist')
  expect(textsOf(signed.content['blocks']).join(' ')).not.toContain('is answering')

  // Whoever signed is not asked again, and can still stop it.
  const hers = await messageIn(w.double.directOf(mara), requestId)
  expect(elementOf(hers.content['blocks'], 'approve')).toBeNull()
  expect(elementOf(hers.content['blocks'], 'reject')).not.toBeNull()

  const planning = await press(w, aiko, signed, 'addEvidence')
  await send(w, aiko, { viewId: planning.viewId, fields: PLAN })
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
  await tell()
  expect(await stateOf(requestId)).toBe('open')

  const direct = await messageIn(w.double.directOf(mara), requestId)
  const confirming = await press(w, mara, direct, 'approve')
  expect(confirming.title).toBe('Confirm with a code')
  const again = { code: await w.mara.code(), note: '' }
  await send(w, mara, { viewId: confirming.viewId, fields: again })
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
  await tell()
  expect(await stateOf(requestId)).toBe('released')
  for (const channel of [CHANNEL, w.double.directOf(mara)]) {
    const { content } = await messageIn(channel, requestId)
    expect(textsOf(content['blocks'])[0]).toContain('Released')
    expect(elementOf(content['blocks'], 'approve')).toBeNull()
    expect(elementOf(content['blocks'], 'details')).not.toBeNull()
  }
})

describe('evidence from Slack', () => {
  test('is what the form says, by who sent it, through Slack', async () => {
    const requestId = await submit(w)
    const asked = await press(w, aiko, await postCard(w, requestId), 'addEvidence')
    expect(fieldsIn(asked.view)).toEqual(Object.keys(PLAN))
    const done = await send(w, aiko, { viewId: asked.viewId, fields: PLAN })
    expect(done.title).toBe('Attached')
    expect(await evidenceOn(requestId)).toMatchObject([
      { type: 'rollback_plan', authorId: w.aiko.id, channel: 'slack', body: ROLLBACK_PLAN },
    ])
  })

  test('of another type has another form', async () => {
    const requestId = await submit(w)
    const { viewId } = await press(w, aiko, await postCard(w, requestId), 'addEvidence')
    const chosen = await choose(w, aiko, { viewId, action: 'evidenceType', value: 'change_record' })
    expect(fieldsIn(chosen.view)).toEqual([
      'change_record.system',
      'change_record.id',
      'change_record.url',
    ])
    const fields = {
      'change_record.system': 'Jira',
      'change_record.id': 'OPS-214',
      'change_record.url': 'https://jira.osterby.example/OPS-214',
    }
    await send(w, aiko, { viewId, fields })
    expect(await evidenceOn(requestId)).toMatchObject([{ type: 'change_record' }])
  })

  test('that was typed is there again when its type is chosen again, as far as Slack keeps it', async () => {
    const requestId = await submit(w)
    const { viewId } = await press(w, aiko, await postCard(w, requestId), 'addEvidence')
    const to = (value: string, fields: Record<string, string>) =>
      choose(w, aiko, { viewId, action: 'evidenceType', value, fields })
    const left = await to('change_record', PLAN)
    expect(JSON.stringify(left.view['blocks'])).not.toContain('Drain eu-west')
    await to('note', { 'change_record.id': 'OPS-214' })
    const back = await to('rollback_plan', { 'note.text': 'a'.repeat(3_000) })
    const shown = JSON.stringify(back.view['blocks'])
    expect(shown).toContain('Drain eu-west and hold the queue')
    expect(shown).toContain('"initial_value":"2026.03.07"')
    expect(shown).toContain('"initial_option":{"text":{"type":"plain_text","text":"Yes"')
    expect(String(back.view['private_metadata']).length).toBeLessThanOrEqual(3_000)
    expect(String(back.view['private_metadata'])).toContain('OPS-214')
    await send(w, aiko, { viewId, fields: PLAN })
    expect(await evidenceOn(requestId)).toMatchObject([
      { type: 'rollback_plan', body: ROLLBACK_PLAN },
    ])
  })

  test('that is not complete is told field by field at once, and nothing is attached', async () => {
    const requestId = await submit(w)
    const { viewId } = await press(w, aiko, await postCard(w, requestId), 'addEvidence')
    const fields = { ...PLAN, 'rollback_plan.estimated_minutes': 'soon', 'rollback_plan.owner': '' }
    const told = await send(w, aiko, { viewId, fields })
    expect(told.answer['response_action']).toBe('errors')
    expect(Object.keys(told.answer['errors'] ?? {}).sort()).toEqual([
      'rollback_plan.estimated_minutes',
      'rollback_plan.owner',
    ])
    expect(await evidenceOn(requestId)).toEqual([])
  })

  test('comes from nobody who is not linked, and for nothing that ended', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const stranger = await press(w, 'U0STRANGE', card, 'addEvidence')
    expect(stranger.text).toContain('Countersign does not know who you are in Slack yet')
    const { viewId, view } = await press(w, aiko, card, 'addEvidence')
    const actor = { kind: 'person', id: w.owner.id } as const
    must(await cancelRequest(w.runtime, { requestId, actor, reason: null }))
    const late = await send(w, aiko, { viewId, fields: PLAN, over: view })
    expect(late.text).toContain('Nothing was attached.')
    expect((await press(w, aiko, card, 'addEvidence')).text).toContain('It is no longer open')
    expect(await evidenceOn(requestId)).toEqual([])
  })

  test('of a type that Slack has no form for is refused, whatever a form claims', async () => {
    const requestId = await submit(w)
    for (const evidenceType of ['approval', 'backup', null]) {
      const meta = { request: requestId, review: null, message: null, evidenceType }
      const fields = { 'backup.location': 's3://backups' }
      const told = await forge(w, aiko, { callbackId: SLACK_VIEWS.evidence, meta, fields })
      expect(told.text).toContain('This window is too old')
    }
    expect(await evidenceOn(requestId)).toEqual([])
  })

  test('is refused by the command itself over a link that is not live', async () => {
    const requestId = await submit(w)
    const actor = { kind: 'person', id: w.aiko.id } as const
    const plan = { requestId, actor, type: 'rollback_plan', body: ROLLBACK_PLAN } as const
    const ofMara = await db.slackLink.findFirstOrThrow({ where: { personId: w.mara.id } })
    for (const slackLinkId of [null, ofMara.id, w.runtime.newId('slk')]) {
      const added = await addEvidence(w.runtime, { ...plan, channel: 'slack', slackLinkId })
      expect(added).toMatchObject({ ok: false, refusal: { code: 'slack_not_linked' } })
    }
    expect(await evidenceOn(requestId)).toEqual([])
  })
})

describe('the rest of the desk', () => {
  test('details are the whole request and the way to the console, also once it ended', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    await attachPlan(w, requestId, w.aiko)
    const shown = await press(w, ines, card, 'details')
    expect(shown.text).toContain('Deploy release 2026.03.14 to production')
    expect(shown.text).toContain('Drain eu-west and hold the queue')
    expect(shown.text).toContain(`http://localhost:3000/tickets/${requestId}`)
    expect(fieldsIn(shown.view)).toEqual([])
    const actor = { kind: 'person', id: w.owner.id } as const
    must(await cancelRequest(w.runtime, { requestId, actor, reason: null }))
    expect((await press(w, ines, card, 'details')).text).toContain('Cancelled')
    expect((await press(w, 'U0STRANGE', card, 'details')).text).not.toContain('2026.03.14')
  })

  test("the app's home is the inbox of whoever opens it", async () => {
    await submit(w)
    const opened = (user: string) =>
      happen(w, { type: 'app_home_opened', user, channel: 'D0', tab: 'home', event_ts: '1.1' })
    expect((await opened(mara)).status).toBe(200)
    const home = textsOf(w.double.views.get(`home:${mara}`)?.['blocks']).join('\n')
    expect(home).toMatch(/requests? needs? you[\s\S]*req_/)
    await opened('U0STRANGE')
    const other = w.double.views.get('home:U0STRANGE')
    expect(textsOf(other).join('\n')).toContain('does not know who you are in Slack yet')
    expect(textsOf(other).join('\n')).not.toContain('req_')
    expect(elementOf(other, 'link')).not.toBeNull()
  })

  test("whoever is not linked links from the app's home; a button that opens a page does nothing here", async () => {
    const pressAtHome = async (userId: string, actionId: string) => {
      const action = { type: 'button', action_id: actionId, block_id: 'b' }
      const at = { triggerId: w.nextTrigger(), message: null, view: { id: 'V0', type: 'home' } }
      const user = { id: userId, name: userId }
      const answer = await w.deliver(buttonBody(w.sender, { user, action, ...at }))
      expect(answer.status).toBe(200)
      return textsOf([...w.double.views.values()].at(-1)).join('\n')
    }
    expect(await pressAtHome('U0STRANGE', 'link')).toMatch(/\/slack\/link#[\w-]{43}/)
    expect(await pressAtHome(mara, 'link')).toContain('You are linked to Mara Lindqvist already.')
    const before = w.double.calls.length
    await pressAtHome(mara, 'open')
    expect(w.double.calls).toHaveLength(before)
  })

  test.each([
    ['never linked', 'does not know who you are in Slack yet', async () => undefined],
    [
      'no longer linked',
      'Your Slack account is no longer linked',
      async (user: string) => {
        const vera = await person(w.runtime, 'Vera Holm', ['approver'])
        await linkTo(w, vera, user)
        must(await unlinkSlack(w.runtime, { personId: vera.id, byPersonId: vera.id }))
      },
    ],
    [
      'deactivated',
      'Your account is not active',
      async (user: string) => {
        const nils = await person(w.runtime, 'Nils Berg', ['approver'])
        await linkTo(w, nils, user)
        await db.person.update({ where: { id: nils.id }, data: { active: false } })
      },
    ],
  ])(
    'whoever is %s reads one reason in the modal, beside the card, at home and in answers',
    async (how, reason, become) => {
      const user = `U0${how.replaceAll(' ', '').toUpperCase()}`
      await become(user)
      const card = await postCard(w, await submit(w))
      const asidesBefore = w.double.callsOf('chat.postEphemeral').length
      const told = await press(w, user, card, 'approve')
      expect(told.text).toContain(reason)
      const asides = w.double.callsOf('chat.postEphemeral').slice(asidesBefore)
      for (const { args } of asides) {
        expect(textsOf(args['blocks']).join('\n')).toContain(reason)
      }
      const isLinkable = how !== 'deactivated'
      expect(asides).toHaveLength(isLinkable ? 1 : 0)
      expect(told.text.includes('Link your account')).toBe(isLinkable)
      await happen(w, {
        type: 'app_home_opened',
        user,
        channel: 'D0',
        tab: 'home',
        event_ts: '1.1',
      })
      const home = w.double.views.get(`home:${user}`)
      expect(textsOf(home).join('\n')).toContain(reason)
      expect(elementOf(home, 'link') !== null).toBe(isLinkable)
      for (const word of ['inbox', 'unlink']) expect(await command(w, user, word)).toContain(reason)
      expect((await command(w, user, 'link')).includes('/slack/link#')).toBe(isLinkable)
    },
  )

  test('/countersign shows the inbox, links, unlinks and helps', async () => {
    await submit(w)
    expect(await command(w, mara, '')).toMatch(/requests? needs? you[\s\S]*req_/)
    expect(await command(w, mara, ' Inbox ')).toMatch(/requests? needs? you[\s\S]*req_/)
    expect(await command(w, mara, 'link')).toContain(
      'You are linked to Mara Lindqvist already. To end that, send /countersign unlink.',
    )
    const unknown = await command(w, mara, 'deploy everything')
    expect(unknown).toContain('Countersign does not know that word. It knows:')
    expect(unknown).toContain('/countersign unlink')
    expect(await command(w, mara, 'help')).toContain('What Countersign does here')
    expect(await command(w, mara, 'constructor')).toContain('/countersign unlink')
    expect(await command(w, 'U0NEW', 'inbox')).not.toContain('req_')
    const link = await command(w, 'U0NEW', 'link')
    expect(link).toMatch(/\/slack\/link#[\w-]{43}/)
    expect(link).toContain(
      'Open the page within ten minutes, signed in. It works once, for you alone.',
    )
    expect(await command(w, 'U0NEW', 'unlink')).toContain('You are not linked')
    expect(await command(w, ines, 'unlink')).toContain('counts as Ines Carvalho any more')
    const links = await db.slackLink.findMany({ where: { personId: w.ines.id } })
    expect(links).toMatchObject([{ endedBy: w.ines.id }])
    await linkTo(w, w.ines, ines)
  })

  test('the address of a ticket is unfolded without arguments, words to sign or buttons', async () => {
    const secret = 'terms-2026-canary'
    const contract: Contract = {
      goal: `Tell everybody about ${secret}`,
      tools: ['email.send'],
      arguments: { 'email.send': { template: secret } },
    }
    const requestId = await submit(w, contract)
    const address = `http://localhost:3000/tickets/${requestId}`
    const share = (user: string, ...addresses: string[]) =>
      happen(w, {
        type: 'link_shared',
        user,
        channel: CHANNEL,
        message_ts: '1700000000.000100',
        links: addresses.map((one) => ({ url: one, domain: 'localhost' })),
      })
    await share(
      mara,
      address,
      'http://localhost:3000/inbox',
      `https://evil.example/tickets/${requestId}`,
    )
    const [call, ...others] = w.double.callsOf('chat.unfurl')
    expect(others).toEqual([])
    const unfurls = (call?.args['unfurls'] ?? {}) as Record<string, unknown>
    expect(Object.keys(unfurls)).toEqual([address])
    expect(JSON.stringify(unfurls)).toContain('email.send')
    expect(JSON.stringify(unfurls).includes(secret)).toBe(false)
    expect(JSON.stringify(unfurls)).not.toMatch(/You sign|"button"/)
    await share('U0STRANGE', address)
    expect(w.double.callsOf('chat.unfurl')).toHaveLength(1)
  })

  test.each([
    ['https://countersign.example/tickets/REQ', true],
    ['https://countersign.example/tickets/REQ?from=mail#record', true],
    ['https://countersign.example:443/tickets/REQ', true],
    ['http://countersign.example/tickets/REQ', false],
    ['https://countersign.example.evil.example/tickets/REQ', false],
    ['https://countersign.example@evil.example/tickets/REQ', false],
    ['https://mara:x@countersign.example/tickets/REQ', false],
    ['https://countersign.example/sign/REQ#secret', false],
    ['https://countersign.example/tickets/REQ/print', false],
    ['https://countersign.example/tickets/req_1', false],
    ['not an address', false],
  ])('%s names a ticket of ours: %s', (address, isOurs) => {
    const requestId = w.runtime.newId('req')
    const named = ticketOf(address.replace('REQ', requestId), 'https://countersign.example')
    expect(named).toBe(isOurs ? requestId : null)
  })
})
