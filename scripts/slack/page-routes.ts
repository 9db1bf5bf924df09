import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import type { Acts } from './acts'
import { readBody, type ServerContext, send } from './exchange'
import type { Journal, Json } from './journal'
import { HOME, type Looking, pageParts, renderPage } from './page'
import { type Act, seenBy } from './seen'
import { CHANNELS, directOf, USERS } from './workspace'

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
}

const FILES: Record<string, string> = {
  '/blocks.css': 'text/css',
  '/page.css': 'text/css',
  '/slack.css': 'text/css',
  '/page.js': 'text/javascript',
}
/** What the product sends is drawn here: nothing in it may run, load or lead a form away. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export async function answerPage(context: ServerContext, exchange: Exchange): Promise<void> {
  const { request, response, url } = exchange
  if (request.method === 'POST') {
    await answerAct(context, exchange)
    return
  }
  const seen = seenBy(context.journal, userOf(url))
  switch (url.pathname) {
    case '/':
      return sendText(response, 'text/html', renderPage(seen, await lookingOf(context, url)))
    case '/ui/parts':
      return send(response, 200, pageParts(seen, await lookingOf(context, url)))
    case '/ui/state':
      return send(response, 200, seen)
    case '/ui/changes':
      return tellChanges(context.journal, exchange)
    default:
  }
  const type = FILES[url.pathname]
  if (!type) return send(response, 404, { error: 'There is no such page.' })
  sendText(
    response,
    type,
    await readFile(path.join(import.meta.dirname, 'static', url.pathname), 'utf8'),
  )
}

async function lookingOf({ codeOf, zone, publicUrl }: ServerContext, url: URL): Promise<Looking> {
  const user = userOf(url)
  const rooms = [...CHANNELS.map(({ id }) => id), directOf(user), HOME]
  const asked = url.searchParams.get('in') ?? ''
  // Whoever changes whom they act as stays in the conversation with the app.
  const room = asked.startsWith('D') ? directOf(user) : asked
  const name = USERS.find(({ id }) => id === user)?.name ?? ''
  const code = (await codeOf?.(name)) ?? null
  return { user, code, zone, publicUrl, room: rooms.includes(room) ? room : (rooms[0] ?? HOME) }
}

/** Server-sent events without content: the page asks what there is to see. */
function tellChanges(journal: Journal, { request, response }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const tell = () => response.write('data: changed\n\n')
  const stop = journal.subscribe(tell)
  request.once('close', stop)
  tell()
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  response.end(text)
}

async function answerAct(context: ServerContext, { request, response, url }: Exchange) {
  // A page of another site may send a form without saying where it comes from, but never JSON.
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return send(response, 415, { error: 'JSON alone is read here.' })
  }
  const body = JSON.parse(await readBody(request)) as Json
  if (url.pathname === '/ui/trouble') {
    context.isDown = body['down'] === true
    return send(response, 200, {})
  }
  if (url.pathname !== '/ui/act' || !context.acts) return send(response, 404, {})
  const user = userOf(url)
  await perform(context.acts, user, body as unknown as Act)
  send(response, 200, seenBy(context.journal, user))
}

function perform(acts: Acts, user: string, act: Act): Promise<void> {
  switch (act.act) {
    case 'press':
      return acts.press(user, act)
    case 'submit':
      return acts.submit(user, act.values)
    case 'close':
      return acts.close(user)
    case 'say':
      return acts.say(user, act.channel, act.text)
    case 'home':
      return acts.openHome(user)
    default:
      throw new Error('Nobody can do that here.')
  }
}

function userOf(url: URL): string {
  const asked = url.searchParams.get('as')
  return USERS.find(({ id }) => id === asked)?.id ?? USERS[0]?.id ?? ''
}
