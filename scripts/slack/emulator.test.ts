import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { WebClient } from '@slack/web-api'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { signatureFault } from '../../lib/auth/slack-signature'
import { createSlackClient } from './client'
import { startSlackEmulator } from './emulator'
import type { Act, Seen } from './seen'
import { directOf } from './workspace'

interface Heard {
  path: string
  body: string
  headers: Record<string, unknown>
}

const ORIGIN = 'http://localhost:3000'
const MARA = 'U0MARA0001'
const heard: Heard[] = []
let reply: object | null = null
/** Stands for the product's /slack endpoints. */
const product = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString()
  })
  request.on('end', () => {
    heard.push({ path: request.url ?? '', body, headers: request.headers })
    response.end(reply ? JSON.stringify(reply) : '')
  })
}).listen(0, '127.0.0.1')
await once(product, 'listening')

const emulator = await startSlackEmulator({
  productOrigin: `http://127.0.0.1:${(product.address() as AddressInfo).port}`,
  publicUrl: 'https://countersign.example',
  zone: 'UTC',
  port: 0,
  folder: null,
})
const slack = new WebClient(emulator.botToken, {
  slackApiUrl: `${emulator.pageUrl}/api/`,
  retryConfig: { retries: 0 },
})

afterAll(async () => {
  await emulator.close()
  product.close()
})

beforeEach(() => {
  heard.length = 0
  reply = null
})

async function act(user: string, what: Act): Promise<Seen> {
  const answer = await fetch(`${emulator.pageUrl}/ui/act?as=${user}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(what),
  })
  return (await answer.json()) as Seen
}

function payload(): { trigger_id: string } {
  const text = new URLSearchParams(heard.at(-1)?.body).get('payload') ?? 'null'
  return JSON.parse(text) as { trigger_id: string }
}

const BUTTONS = [
  {
    type: 'actions' as const,
    block_id: 'card',
    elements: [
      {
        type: 'button' as const,
        action_id: 'approve',
        value: '{"a":1}',
        text: { type: 'plain_text' as const, text: 'Approve' },
      },
    ],
  },
]

test('a pressed button reaches the product signed, and opens a modal once', async () => {
  const { ts } = await slack.chat.postMessage({
    channel: 'C0RELEASE1',
    text: 'Approval needed',
    blocks: BUTTONS,
  })
  const at = { kind: 'message' as const, channel: 'C0RELEASE1', ts: String(ts) }
  await act(MARA, { act: 'press', at, blockId: 'card', actionId: 'approve' })
  const [{ path, body, headers }] = heard as [Heard]
  expect(path).toBe('/slack/interactive')
  const signed = {
    rawBody: Buffer.from(body),
    timestamp: String(headers['x-slack-request-timestamp']),
    signature: String(headers['x-slack-signature']),
  }
  expect(signatureFault(emulator.signingSecret, signed, Date.now())).toBeNull()
  expect(signatureFault('another secret', signed, Date.now())).toBe('wrong')
  const pressed = payload()
  expect(pressed).toMatchObject({
    type: 'block_actions',
    api_app_id: 'A0COUNTER1',
    team: { id: 'T000000001' },
    user: { id: MARA, team_id: 'T000000001' },
    channel: { id: 'C0RELEASE1' },
    message: { ts, text: 'Approval needed' },
    actions: [{ action_id: 'approve', block_id: 'card', value: '{"a":1}' }],
  })
  const view = {
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: 'Approve' },
    blocks: [],
  }
  await slack.views.open({ trigger_id: pressed.trigger_id, view })
  await expect(slack.views.open({ trigger_id: pressed.trigger_id, view })).rejects.toThrow(
    /exchanged_trigger_id/,
  )
  const { modal } = await act(MARA, { act: 'close' })
  expect(modal).toBeNull()
})

test('refused inputs stay open with their sentences, and a correct one shows what comes next', async () => {
  const { view } = await openModal()
  const empty = await act(MARA, { act: 'submit', values: {} })
  expect(empty.modal?.errors).toEqual({ code: 'Please complete this required field.' })
  reply = { response_action: 'errors', errors: { code: 'Six digits.' } }
  const refused = await act(MARA, { act: 'submit', values: { code: '1' } })
  expect(payload()).toMatchObject({
    type: 'view_submission',
    view: {
      id: view.id,
      state: { values: { code: { value: { type: 'plain_text_input', value: '1' } } } },
    },
  })
  expect(refused.modal?.errors).toEqual({ code: 'Six digits.' })
  reply = { response_action: 'update', view: { ...modalOf('Counting'), blocks: [] } }
  const counting = await act(MARA, { act: 'submit', values: { code: '123456' } })
  expect(counting.modal?.view['title']).toMatchObject({ text: 'Counting' })
  await slack.views.update({ view_id: String(view.id), view: modalOf('Signed') })
  reply = null
  expect((await act(MARA, { act: 'submit', values: { code: '1' } })).modal).toBeNull()
})

test('an ephemeral message is seen by one user, a direct one by its two', async () => {
  await slack.chat.postEphemeral({ channel: 'C0RELEASE1', user: MARA, text: 'Only you' })
  const { channel } = await slack.conversations.open({ users: MARA })
  expect(channel?.id).toBe(directOf(MARA))
  await slack.chat.postMessage({ channel: directOf(MARA), text: 'Hello Mara' })
  const texts = (seen: Seen) => seen.messages.map(({ text }) => text)
  expect(texts(await act(MARA, { act: 'close' }))).toEqual(
    expect.arrayContaining(['Only you', 'Hello Mara']),
  )
  const others = texts(await act('U0AIKO0001', { act: 'close' }))
  expect(others).not.toContain('Only you')
  expect(others).not.toContain('Hello Mara')
})

test('a command is answered to the user alone, now and later', async () => {
  reply = { text: 'Nothing waits for you.' }
  const seen = await act(MARA, { act: 'say', channel: 'C0RELEASE1', text: '/countersign inbox' })
  expect(seen.messages.at(-1)).toMatchObject({ text: 'Nothing waits for you.', onlyFor: MARA })
  const form = new URLSearchParams(heard[0]?.body)
  expect(Object.fromEntries(form)).toMatchObject({ command: '/countersign', text: 'inbox' })
  const later = await fetch(String(form.get('response_url')), {
    method: 'POST',
    body: JSON.stringify({ text: 'Later' }),
  })
  expect(await later.text()).toBe('ok')
})

test('a ticket’s address in a message is told to the app, which may unfurl it', async () => {
  const url = 'https://countersign.example/tickets/req_1'
  const seen = await act(MARA, { act: 'say', channel: 'C0RELEASE1', text: `Look: ${url}` })
  const { event } = JSON.parse(heard[0]?.body ?? 'null') as { event: Record<string, unknown> }
  expect(event).toMatchObject({ type: 'link_shared', user: MARA, links: [{ url }] })
  const ts = String(seen.messages.at(-1)?.ts)
  const attachment = { blocks: [{ type: 'divider' as const }] }
  await slack.chat.unfurl({ channel: 'C0RELEASE1', ts, unfurls: { [url]: attachment } })
  const after = await act(MARA, { act: 'close' })
  expect(after.messages.at(-1)?.unfurls).toEqual({ [url]: attachment })
})

test('what Slack would refuse is refused', async () => {
  const text = { type: 'plain_text' as const, text: 'x'.repeat(151) }
  const long = slack.chat.postMessage({
    channel: 'C0RELEASE1',
    text: 'Too long',
    blocks: [{ type: 'header', text }],
  })
  await expect(long).rejects.toThrow(/invalid_blocks/)
  await expect(slack.chat.update({ channel: 'C0RELEASE1', ts: '1.2', text: 'x' })).rejects.toThrow(
    /message_not_found/,
  )
  const stranger = new WebClient('xoxb-other', { slackApiUrl: `${emulator.pageUrl}/api/` })
  await expect(stranger.auth.test()).rejects.toThrow(/invalid_auth/)
})

test('a page of another site cannot act, and no page can call the Web API', async () => {
  const headers = { 'content-type': 'application/json', origin: 'https://evil.example' }
  const body = JSON.stringify({ act: 'close' })
  const foreign = await fetch(`${emulator.pageUrl}/ui/act`, { method: 'POST', headers, body })
  expect(foreign.status).toBe(403)
  const plain = await fetch(`${emulator.pageUrl}/ui/act`, { method: 'POST', body })
  expect(plain.status).toBe(415)
  const own = { ...headers, origin: emulator.pageUrl }
  const api = await fetch(`${emulator.pageUrl}/api/auth.test`, { method: 'POST', headers: own })
  expect(api.status).toBe(403)
})

test('messages outlive a start, and can be edited after it', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-slack-'))
  const options = { productOrigin: ORIGIN, publicUrl: ORIGIN, zone: 'UTC', port: 0, folder }
  const first = await startSlackEmulator(options)
  const before = new WebClient(first.botToken, { slackApiUrl: `${first.pageUrl}/api/` })
  const { ts = '' } = await before.chat.postMessage({ channel: 'C0RELEASE1', text: 'Held' })
  await before.conversations.open({ users: MARA })
  const direct = await before.chat.postMessage({ channel: directOf(MARA), text: 'Hello' })
  await first.close()
  const second = await startSlackEmulator(options)
  const after = new WebClient(second.botToken, { slackApiUrl: `${second.pageUrl}/api/` })
  await after.chat.update({ channel: 'C0RELEASE1', ts, text: 'Released' })
  await after.chat.update({ channel: directOf(MARA), ts: String(direct.ts), text: 'Bye' })
  const { messages } = await createSlackClient(second.pageUrl).see(MARA)
  expect(messages.map((message) => [message.ts, message.text])).toEqual([
    [ts, 'Released'],
    [direct.ts, 'Bye'],
  ])
  await second.close()
  await rm(folder, { recursive: true })
})

test('away is away, until it is back', async () => {
  const client = createSlackClient(emulator.pageUrl)
  await client.setDown(true)
  const impatient = new WebClient(emulator.botToken, {
    slackApiUrl: `${emulator.pageUrl}/api/`,
    retryConfig: { retries: 0 },
  })
  await expect(impatient.auth.test()).rejects.toThrow()
  await client.setDown(false)
  expect((await impatient.auth.test()).ok).toBe(true)
})

test('the page shows its user what is theirs, and carries no script of anybody else', async () => {
  await slack.chat.postMessage({
    channel: 'C0FINANCE1',
    text: '<https://x.example|*bold*> &lt;b&gt;',
  })
  const answer = await fetch(`${emulator.pageUrl}/?as=${MARA}&in=C0FINANCE1`)
  const page = await answer.text()
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(page).toContain('&lt;b&gt;')
  expect(page.match(/<script/g)).toHaveLength(1)
})

test('a name that was made to lead here is not answered', async () => {
  const call = get(emulator.pageUrl, { headers: { host: 'evil.example' } })
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  answer.resume()
  expect(answer.statusCode).toBe(403)
})

function modalOf(title: string) {
  return {
    type: 'modal' as const,
    title: { type: 'plain_text' as const, text: title },
    submit: { type: 'plain_text' as const, text: 'Go' },
    blocks: [
      {
        type: 'input' as const,
        block_id: 'code',
        label: { type: 'plain_text' as const, text: 'Code' },
        element: { type: 'plain_text_input' as const, action_id: 'value' },
      },
    ],
  }
}

async function openModal() {
  const { ts } = await slack.chat.postMessage({
    channel: 'C0RELEASE1',
    text: 'Approval needed',
    blocks: BUTTONS,
  })
  const at = { kind: 'message' as const, channel: 'C0RELEASE1', ts: String(ts) }
  await act(MARA, { act: 'press', at, blockId: 'card', actionId: 'approve' })
  const opened = await slack.views.open({
    trigger_id: payload().trigger_id,
    view: modalOf('Approve with a code'),
  })
  return { view: opened.view ?? {} }
}
