import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  BOT,
  type DoubleMessage,
  type DoubleUser,
  directOf,
  emptyWorkspace,
  perform,
  TEAM,
  TOKEN,
} from './slack-methods'

/** One call of the Web API, or one answer to a response_url (`method` is then `response_url`). */
export interface SlackCall {
  method: string
  /** Parameters; what travelled as JSON inside a form is parsed. */
  args: Record<string, unknown>
  /** Bearer token, or null. */
  token: string | null
  /** Epoch ms. */
  at: number
  /** What was answered: `ok`, Slack's error code, or what was done to the connection. */
  answer: string
}

/**
 * How calls are answered while it is told so. `hang` takes the call and never answers; `swallow` does what was asked and
 * never answers; `down` cuts the connection.
 */
export type SlackTrouble =
  | { kind: 'rate_limited'; retryAfterSeconds: number }
  | { kind: 'status'; status: number }
  | { kind: 'error'; code: string }
  | { kind: 'hang' }
  | { kind: 'swallow' }
  | { kind: 'down' }

export interface SlackDouble {
  /** For SLACK_API_URL: ends with /api/. */
  url: string
  teamId: string
  botUserId: string
  botToken: string
  /** Every call in the order of arrival. */
  calls: SlackCall[]
  /** People that users.info knows; an unknown id is an ordinary member. */
  users: Map<string, Partial<DoubleUser>>
  /** Answers `not_in_channel` for these. */
  closedChannels: Set<string>
  /** Views by id, as last opened or updated; home pages by `home:<user>`. */
  views: Map<string, Record<string, unknown>>
  callsOf(...methods: string[]): SlackCall[]
  /** Messages of a channel, or all, oldest first, without those of threads. */
  posted(channel?: string): DoubleMessage[]
  thread(channel: string, ts: string): DoubleMessage[]
  message(channel: string, ts: string): DoubleMessage | undefined
  /** Conversation of direct messages with a user. */
  directOf(userId: string): string
  /** Where a click's response_url would point. */
  responseUrl(name: string): string
  /** In trouble from now on: every call, or those of one method; at most `times`. */
  trouble(what: SlackTrouble, only?: { method?: string; times?: number }): void
  /** Well again. Calls that hang are cut. */
  heal(): void
  /** Runs once a call was carried out and before it is answered. */
  afterCall(hook: ((call: SlackCall) => void | Promise<void>) | undefined): void
  close(): Promise<void>
}

interface Trouble {
  what: SlackTrouble
  method: string | null
  left: number
}

/** Slack's Web API at the network's edge: methods that Countersign calls, with Slack's own limits. */
export async function startSlackDouble(): Promise<SlackDouble> {
  const state = emptyWorkspace()
  const calls: SlackCall[] = []
  let troubles: Trouble[] = []
  let hook: ((call: SlackCall) => void | Promise<void>) | undefined
  const hanging = new Set<ServerResponse>()

  const server = createServer((request, response) => {
    void readCall(request).then(async (call) => {
      calls.push(call)
      const trouble = takeTrouble(troubles, call.method)
      if (trouble && trouble.kind !== 'swallow') {
        return answerTrouble(trouble, { call, response, hanging })
      }
      const answer = perform(state, call)
      call.answer = answer['ok'] === true ? 'ok' : String(answer['error'])
      await hook?.(call)
      if (trouble) return void hanging.add(response)
      sendJson(response, 200, answer)
    })
  })
  const origin = await listen(server)

  return {
    url: `${origin}/api/`,
    teamId: TEAM,
    botUserId: BOT,
    botToken: TOKEN,
    calls,
    users: state.users,
    closedChannels: state.closedChannels,
    views: state.views,
    callsOf: (...methods) => calls.filter(({ method }) => methods.includes(method)),
    posted: (channel) =>
      [...state.messages.values()].filter(
        (message) =>
          message.threadTs === null && (channel === undefined || message.channel === channel),
      ),
    thread: (channel, ts) =>
      [...state.messages.values()].filter(
        (message) => message.channel === channel && message.threadTs === ts,
      ),
    message: (channel, ts) => state.messages.get(`${channel}/${ts}`),
    directOf,
    responseUrl: (name) => `${origin}/hooks/${name}`,
    trouble: (what, { method, times } = {}) => {
      troubles.push({ what, method: method ?? null, left: times ?? Number.POSITIVE_INFINITY })
    },
    heal: () => {
      troubles = []
      for (const response of hanging) response.destroy()
      hanging.clear()
    },
    afterCall: (next) => {
      hook = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function readCall(request: IncomingMessage): Promise<SlackCall> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const isJson = request.headers['content-type']?.includes('application/json') === true
  const path = new URL(request.url ?? '/', 'http://double').pathname
  const args = isJson ? (JSON.parse(text) as Record<string, unknown>) : formArgs(text)
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return {
    method: path.startsWith('/hooks/') ? 'response_url' : path.replace('/api/', ''),
    args,
    token: bearer ?? null,
    at: Date.now(),
    answer: '',
  }
}

function formArgs(text: string): Record<string, unknown> {
  const args: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    args[name] = /^[[{]/.test(value) ? JSON.parse(value) : value
  }
  return args
}

function takeTrouble(troubles: Trouble[], method: string): SlackTrouble | null {
  const found = troubles.find(
    (trouble) => trouble.left > 0 && (trouble.method === null || trouble.method === method),
  )
  if (!found) return null
  found.left--
  return found.what
}

function answerTrouble(
  trouble: SlackTrouble,
  {
    call,
    response,
    hanging,
  }: { call: SlackCall; response: ServerResponse; hanging: Set<ServerResponse> },
): void {
  call.answer = trouble.kind
  if (trouble.kind === 'down') response.destroy()
  else if (trouble.kind === 'status') sendJson(response, trouble.status, { ok: false })
  else if (trouble.kind === 'error') {
    call.answer = trouble.code
    sendJson(response, 200, { ok: false, error: trouble.code })
  } else if (trouble.kind === 'rate_limited') {
    response.setHeader('retry-after', String(trouble.retryAfterSeconds))
    sendJson(response, 429, { ok: false, error: 'ratelimited' })
  } else hanging.add(response)
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
