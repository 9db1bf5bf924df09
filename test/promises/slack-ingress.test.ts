import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { parseConfig } from '#lib/config'
import {
  buttonBody,
  commandBody,
  eventBody,
  type SlackActor,
  type SlackBody,
  type SlackSender,
  slackHeaders,
  slackSignature,
  submissionBody,
  urlVerificationBody,
} from '../../scripts/slack/signed-body'
import { senderOf } from '../../slack/delivery'
import { createSlackReceiver } from '../../slack/receiver'
import { testDatabase } from '../database'
import { type Door, openDoor, SECRET, slackEdge } from '../slack-door'
import { world } from '../world'

const { url } = await testDatabase()
const { double, env } = await slackEdge()
const w = await world(url, { env })
const { runtime } = w

/** What listeners worked on, by the value that the delivery carried. */
const worked: string[] = []
const MINUTE = 60_000
const MARA: SlackActor = { id: 'U0MARA', name: 'mara' }

const startProcess = () =>
  openDoor(runtime, double, (app) => {
    app.action('probe', async ({ ack, body }) => {
      await ack()
      worked.push(`click ${body.user.id}`)
    })
    app.view('probe', async ({ ack, body }) => {
      await ack({ response_action: 'clear' })
      worked.push(`form ${body.user.id}`)
    })
    app.command('/countersign', async ({ ack, command }) => {
      await ack()
      worked.push(`command ${command.text}`)
    })
    app.event('app_home_opened', ({ event }) => {
      worked.push(`home ${event.user}`)
      return Promise.resolve()
    })
  })
const door = await startProcess()

beforeEach(() => {
  worked.length = 0
  double.calls.length = 0
  double.users.clear()
})

let presses = 0
function click(
  user: SlackActor = MARA,
  { sender = door.sender, action = 'probe' }: { sender?: SlackSender; action?: string } = {},
): SlackBody {
  presses++
  return buttonBody(sender, {
    user,
    action: { type: 'button', action_id: action, block_id: 'b', value: 'v' },
    triggerId: `trigger-${presses}`,
    message: {
      channel: { id: 'C0RELEASES', name: 'releases' },
      ts: `1700000000.${presses}`,
      content: { text: 'a card' },
      responseUrl: double.responseUrl(`press-${presses}`),
    },
    view: null,
  })
}

function command(user: SlackActor = MARA, sender: SlackSender = door.sender): SlackBody {
  presses++
  return commandBody(sender, {
    user,
    command: '/countersign',
    text: 'help',
    channel: { id: 'C0RELEASES', name: 'releases' },
    triggerId: `trigger-${presses}`,
    responseUrl: double.responseUrl(`press-${presses}`),
  })
}

async function sent(what: SlackBody, own?: Parameters<Door['send']>[1], to: Door = door) {
  const answer = await to.send(what, own)
  await to.app.settled()
  return answer
}

describe('what Slack sends is worked on once it is proved', () => {
  it('a click, a form, a command and an event that Slack signed are worked on', async () => {
    const view = { id: 'V1', type: 'modal', callback_id: 'probe', state: { values: {} } }
    const form = submissionBody(door.sender, { user: MARA, triggerId: 't', view })
    const event = { type: 'app_home_opened', user: 'U0MARA', channel: 'D1', tab: 'home' }
    expect((await sent(click())).status).toBe(200)
    expect(await (await sent(form)).json()).toEqual({ response_action: 'clear' })
    expect((await sent(command())).status).toBe(200)
    expect((await sent(eventBody(door.sender, event))).status).toBe(200)
    expect(worked).toEqual(['click U0MARA', 'form U0MARA', 'command help', 'home U0MARA'])
  })

  it('a button, form or event that nobody listens to is answered without a fault', async () => {
    const view = { id: 'V1', type: 'modal', callback_id: 'unknown', state: { values: {} } }
    const form = submissionBody(door.sender, { user: MARA, triggerId: 't', view })
    const event = { type: 'reaction_added', user: 'U0MARA', reaction: 'eyes' }
    for (const what of [click(MARA, { action: 'unknown' }), form, eventBody(door.sender, event)]) {
      const answer = await sent(what)
      expect([answer.status, await answer.text()]).toEqual([200, ''])
    }
    expect(worked).toEqual([])
    expect(double.callsOf('response_url', 'views.update')).toEqual([])
  })
})

describe('what Slack did not sign just now is refused', () => {
  const signed = (what: SlackBody, change: Record<string, string>) =>
    sent(what, { headers: change })

  it('a signature that is wrong, cut, of another secret or missing is refused', async () => {
    const what = click()
    const at = Math.floor(runtime.now() / 1000)
    const right = slackSignature(what.body, SECRET, at)
    const wrong = [
      `${right.slice(0, -1)}${right.endsWith('0') ? '1' : '0'}`,
      right.slice(0, 20),
      right.replace('v0=', 'v1='),
      slackSignature(what.body, 'another secret of another app', at),
      slackSignature(what.body, SECRET, at - 1),
      '',
      'v0=',
    ]
    for (const signature of wrong) {
      const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': String(at) }
      expect((await signed(what, headers)).status).toBe(401)
    }
    const request = new Request(new URL(what.path, 'http://localhost:3000'), {
      method: 'POST',
      body: what.body,
      headers: { 'content-type': what.contentType },
    })
    expect((await door.receiver.handle(request)).status).toBe(401)
    expect(worked).toEqual([])
  })

  it('the signature of another body is refused', async () => {
    const headers = slackHeaders(click({ id: 'U0OTHER', name: 'other' }), SECRET, runtime.now())
    expect((await signed(click(), headers)).status).toBe(401)
    expect(worked).toEqual([])
  })

  it('a body of more than five minutes ago or ahead is refused, though Slack signed it', async () => {
    for (const apart of [-5 * MINUTE - 2_000, 5 * MINUTE + 2_000, -60 * MINUTE, 60 * MINUTE]) {
      expect((await sent(click(), { atMs: runtime.now() + apart })).status).toBe(401)
    }
    expect(worked).toEqual([])
    for (const apart of [-4 * MINUTE, 4 * MINUTE]) {
      expect((await sent(click(), { atMs: runtime.now() + apart })).status).toBe(200)
    }
    expect(worked).toHaveLength(2)
  })

  it('a timestamp that is not a plain number is refused', async () => {
    const what = click()
    for (const odd of ['', 'NaN', '1e9', '-1', '17000000000000000', ' 1700000000']) {
      const mac = slackSignature(what.body, SECRET, Number(odd))
      const headers = { 'x-slack-request-timestamp': odd, 'x-slack-signature': mac }
      expect((await signed(what, headers)).status).toBe(401)
    }
  })

  it('nothing starts with an empty signing secret', () => {
    const { slack, now, log } = runtime
    if (!slack) throw new Error('Slack is not configured')
    const options = { signingSecret: '', appId: 'A0COUNTERSIGN', slack, now, log }
    expect(() => createSlackReceiver(options)).toThrow('The signing secret of Slack is empty')
    const empty = { ...runtime.config, DATABASE_URL: url, ...env, SLACK_SIGNING_SECRET: '' }
    const variables = { ...empty, COUNTERSIGN_SECRET: 'a secret for tests that is long enough' }
    expect(() => parseConfig(variables as never)).toThrow('SLACK_SIGNING_SECRET is missing')
  })
})

describe('what came before is not worked on again', () => {
  it('the same bytes sent twice, one after the other or at once, are worked on once', async () => {
    const what = click()
    const atMs = runtime.now()
    expect((await sent(what, { atMs })).status).toBe(200)
    expect((await sent(what, { atMs })).status).toBe(200)
    expect(worked).toHaveLength(1)
    const next = click()
    const answers = await Promise.all(Array.from({ length: 20 }, () => door.send(next, { atMs })))
    await door.app.settled()
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(worked).toHaveLength(2)
  })

  it('the same bytes are worked on once though the process was started again or another one gets them', async () => {
    const what = click()
    const atMs = runtime.now()
    await sent(what, { atMs })
    const another = await startProcess()
    const restarted = await startProcess()
    await Promise.all([sent(what, { atMs }, another), sent(what, { atMs }, restarted)])
    expect(worked).toHaveLength(1)
    const next = click()
    await Promise.all([another, restarted].map((to) => sent(next, { atMs }, to)))
    expect(worked).toHaveLength(2)
  })

  it('an event that Slack sends again, with a new signature, is worked on once', async () => {
    const event = { type: 'app_home_opened', user: 'U0MARA', channel: 'D1', tab: 'home' }
    const what = eventBody(door.sender, event)
    await sent(what, { atMs: runtime.now() - MINUTE })
    const again = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' }
    expect((await sent(what, { headers: again })).status).toBe(200)
    expect(worked).toEqual(['home U0MARA'])
  })
})

describe('only our app in our workspace is heard', () => {
  it('a delivery for another app is refused', async () => {
    const sender = { ...door.sender, appId: 'A0ANOTHER' }
    expect((await sent(click(MARA, { sender }))).status).toBe(403)
    expect(worked).toEqual([])
  })

  it('a delivery from another workspace is refused, also by a process that has not read its own yet', async () => {
    const sender = { ...door.sender, teamId: 'T0ANOTHER' }
    const ours = { ...MARA, teamId: door.sender.teamId }
    expect((await sent(click(ours, { sender }))).status).toBe(403)
    const fresh = await startProcess()
    fresh.slack.forgetWorkspace()
    expect((await sent(click(ours, { sender }), undefined, fresh)).status).toBe(200)
    expect(worked).toEqual([])
  })

  it('a command of another workspace, or of an installation for a whole organisation, is refused in words', async () => {
    const other = await sent(command(MARA, { ...door.sender, teamId: 'T0ANOTHER' }))
    expect(await other.json()).toEqual({
      response_type: 'ephemeral',
      text: expect.stringContaining('works in another workspace'),
    })
    const wide = await sent(command(MARA, { ...door.sender, isEnterpriseInstall: true }))
    expect(await wide.json()).toMatchObject({
      text: expect.stringContaining('was installed for a whole organisation'),
    })
    const clicked = await sent(
      click(MARA, { sender: { ...door.sender, isEnterpriseInstall: true } }),
    )
    expect(clicked.status).toBe(403)
    expect(worked).toEqual([])
  })

  it('Slack may ask whether the address is up and ours: nothing is worked on', async () => {
    const ssl = { ...command(), body: 'ssl_check=1&token=not-used' }
    expect((await sent(ssl)).status).toBe(200)
    const asked = await sent(urlVerificationBody('3eZbrw1aB'))
    expect([asked.status, await asked.text()]).toEqual([200, '3eZbrw1aB'])
    const unsigned = await sent(urlVerificationBody('x'), {
      headers: { 'x-slack-signature': 'v0=' },
    })
    expect(unsigned.status).toBe(401)
    expect(worked).toEqual([])
  })
})

describe('only members of the workspace are heard', () => {
  const words = () => double.callsOf('response_url').map(({ args }) => String(args['text']))

  it('a guest, a stranger, a bot and somebody who was removed are refused with a sentence of their own', async () => {
    double.users.set('U0GUEST', { is_restricted: true })
    double.users.set('U0SINGLE', { is_ultra_restricted: true })
    double.users.set('U0STRANGER', { is_stranger: true })
    double.users.set('U0AWAY', { team_id: 'T0ANOTHER' })
    double.users.set('U0ROBOT', { is_bot: true })
    double.users.set('U0GONE', { deleted: true })
    for (const id of ['U0GUEST', 'U0SINGLE', 'U0STRANGER', 'U0AWAY', 'U0ROBOT', 'U0GONE']) {
      expect((await sent(click({ id, name: id }))).status).toBe(200)
    }
    expect(worked).toEqual([])
    expect(words().map((text) => text.split('.', 1)[0])).toEqual([
      'You are a guest here',
      'You are a guest here',
      'You are here through Slack Connect, from another organisation',
      'You are here through Slack Connect, from another organisation',
      'Bots and apps cannot act on requests',
      'Slack could not say who you are',
    ])
  })

  it('somebody from another workspace is refused by what the body says, without asking Slack', async () => {
    await sent(click({ id: 'U0CONNECT', name: 'connect', teamId: 'T0ANOTHER' }))
    expect(worked).toEqual([])
    expect(double.callsOf('users.info')).toEqual([])
    expect(words()).toEqual([expect.stringContaining('through Slack Connect')])
  })

  it('in an organisation of many workspaces only its own people are heard, by what Slack keeps of them and not by what the body says', async () => {
    const inOrganisation = async (enterpriseId: string) => {
      await runtime.db.slackWorkspace.updateMany({ data: { enterpriseId } })
      runtime.slack?.forgetWorkspace()
    }
    await inOrganisation('E0OURS')
    const sender = { ...door.sender, enterpriseId: 'E0OURS' }
    const of = (id: string, enterprise: string) => ({ id, enterprise_id: enterprise })
    double.users.set('U0CONNECTED', { team_id: 'T0THEIRS' })
    double.users.set('U0ELSEWHERE', {
      team_id: 'T0THEIRS',
      enterprise_user: of('U0ELSEWHERE', 'E0THEIRS'),
    })
    double.users.set('U0COLLEAGUE', {
      team_id: 'T0SISTER',
      enterprise_user: of('U0COLLEAGUE', 'E0OURS'),
    })
    for (const id of ['U0CONNECTED', 'U0ELSEWHERE']) {
      await sent(click({ id, name: 'mara', teamId: 'T0THEIRS' }, { sender }))
    }
    expect(worked).toEqual([])
    expect(words()).toEqual([
      expect.stringContaining('through Slack Connect'),
      expect.stringContaining('through Slack Connect'),
    ])
    await sent(click({ id: 'U0COLLEAGUE', name: 'sister', teamId: 'T0SISTER' }, { sender }))
    expect(worked).toEqual(['click U0COLLEAGUE'])
    await inOrganisation('')
  })

  it('an event says in its authorization for which installation it is, as one of an organisation may do nowhere else', async () => {
    const event = { type: 'app_home_opened', user: 'U0MARA', channel: 'D1', tab: 'home' }
    const what = eventBody({ ...door.sender, enterpriseId: 'E0OURS' }, event)
    const { enterprise_id: _, ...rest } = JSON.parse(what.body) as Record<string, unknown>
    const inTheirs = { ...rest, team_id: 'T0THEIRS' }
    expect(senderOf(inTheirs)).toMatchObject({
      teamId: door.sender.teamId,
      enterpriseId: 'E0OURS',
    })
    await sent({ ...what, body: JSON.stringify(inTheirs) })
    expect(worked).toEqual(['home U0MARA'])
    const [authorization] = rest['authorizations'] as object[]
    const wide = { ...rest, authorizations: [{ ...authorization, is_enterprise_install: true }] }
    expect((await sent({ ...what, body: JSON.stringify(wide) })).status).toBe(403)
  })

  it('somebody of whom Slack does not say where they are at home is not heard', async () => {
    double.users.set('U0HOMELESS', { team_id: '' })
    await sent(click({ id: 'U0HOMELESS', name: 'homeless' }))
    expect(worked).toEqual([])
    expect(words()).toEqual([expect.stringContaining('Slack could not say who you are')])
  })

  it('what Slack said of somebody counts for five minutes while it says nothing, and no longer', async () => {
    let ahead = 0
    const clocked = { ...runtime, now: () => Date.now() + ahead }
    const later = await openDoor(clocked, double, (app) => {
      app.action('probe', async ({ ack, body }) => {
        await ack()
        worked.push(`click ${body.user.id}`)
      })
    })
    const known = { id: 'U0KNOWN', name: 'known' }
    await sent(click(known), undefined, later)
    double.trouble({ kind: 'status', status: 500 }, { method: 'users.info' })
    ahead = 4 * MINUTE
    await sent(click(known), undefined, later)
    ahead = 6 * MINUTE
    await sent(click(known), undefined, later)
    double.heal()
    expect(worked).toEqual(['click U0KNOWN', 'click U0KNOWN'])
  })

  it('while Slack does not say who somebody is, nothing they do counts and they are told', async () => {
    double.trouble({ kind: 'status', status: 500 }, { method: 'users.info' })
    await sent(click({ id: 'U0NEVERSEEN', name: 'never' }))
    double.heal()
    expect(worked).toEqual([])
    expect(words()).toEqual([expect.stringContaining('Nothing was counted')])
  })

  it("a guest's form ends in a window that says so", async () => {
    double.users.set('U0FORMGUEST', { is_restricted: true })
    double.views.set('V7', {})
    const view = { id: 'V7', type: 'modal', callback_id: 'probe', state: { values: {} } }
    const user = { id: 'U0FORMGUEST', name: 'guest' }
    await sent(submissionBody(door.sender, { user, triggerId: 't', view }))
    expect(worked).toEqual([])
    expect(JSON.stringify(double.views.get('V7'))).toContain('You are a guest here.')
  })
})

const server = createServer(
  getRequestListener((request) => short.handle(request), { overrideGlobalObjects: false }),
)
const { slack, now, log } = runtime
if (!slack) throw new Error('Slack is not configured')
const short = createSlackReceiver({
  signingSecret: SECRET,
  appId: 'A0COUNTERSIGN',
  slack,
  now,
  log,
  bodyTimeoutMs: 300,
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
describe('bodies that Slack does not send are refused before they cost anything', () => {
  const post = (init: RequestInit) =>
    fetch(`http://127.0.0.1:${port}/slack/interactive`, { method: 'POST', ...init })

  it('a body of more than 1 MiB is refused, whether or not it says its size', async () => {
    const large = 'x'.repeat(1024 * 1024 + 1)
    const headers = { 'content-type': 'application/json' }
    expect((await post({ body: large, headers })).status).toBe(413)
    const stream = new Blob([large]).stream()
    expect((await post({ body: stream, headers, duplex: 'half' } as RequestInit)).status).toBe(413)
  })

  it('a body that trickles in is given up', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      socket.write(
        'POST /slack/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"a',
      )
      socket.once('data', (chunk) => {
        resolve(chunk.toString())
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('another type, another method and a body that is not what was signed for are refused', async () => {
    expect((await post({ body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await post({ method: 'GET' })).status).toBe(405)
    const form = 'application/x-www-form-urlencoded'
    for (const [path, contentType, body] of [
      ['/slack/interactive', form, 'payload=%7B'],
      ['/slack/interactive', form, 'nothing=here'],
      ['/slack/interactive', form, 'payload=%5B%5D'],
      ['/slack/events', 'application/json', '[]'],
      ['/slack/events', 'application/json', '{"type":"url_verification"}'],
      ['/slack/events', 'application/json', '{"team":"T"}'],
    ] as const) {
      expect([body, (await sent({ path, contentType, body })).status]).toEqual([body, 400])
    }
    expect(worked).toEqual([])
  })
})

describe('what Slack says of the app itself', () => {
  const row = () => runtime.db.slackWorkspace.findUnique({ where: { id: 1 } })
  const happens = (event: Record<string, unknown>) => sent(eventBody(door.sender, event))

  it("the revoked token of a person is none of ours; the app's own, or its removal, ends the installation", async () => {
    await happens({ type: 'tokens_revoked', tokens: { oauth: ['U0MARA'], bot: [] } })
    expect((await row())?.fault).toBeNull()
    await happens({ type: 'tokens_revoked', tokens: { bot: [double.botUserId] } })
    expect(await row()).toMatchObject({
      sealedBotToken: '',
      fault: expect.stringContaining('revoked'),
    })
    await startProcess()
    expect((await row())?.fault).toBeNull()
    await happens({ type: 'app_uninstalled' })
    expect(await row()).toMatchObject({
      sealedBotToken: '',
      fault: expect.stringContaining('removed'),
    })
  })

  it('afterwards nothing is worked on until the app is installed again', async () => {
    expect((await sent(click())).status).toBe(200)
    expect(worked).toEqual([])
    await startProcess()
    await sent(click())
    expect(worked).toEqual(['click U0MARA'])
  })
})
