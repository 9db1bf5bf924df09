import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Acts, Place } from './acts'
import type { Journal, Json } from './journal'
import { readBody, type ServerContext, send } from './server'
import { CHANNELS, directOf, USERS } from './workspace'

interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
}

/** What a client of the page may ask to be done as one of the workspace's users. */
export type Act =
  | { act: 'press'; at: Place; blockId: string; actionId: string; chosen?: string }
  | { act: 'submit'; values: Record<string, Record<string, Json>> }
  | { act: 'close' }
  | { act: 'say'; channel: string; text: string }
  | { act: 'home' }

/** What one user sees: everything their client could show. */
export interface Seen {
  version: number
  messages: ReturnType<Journal['messages']>
  modal: { view: Json; errors: Record<string, string> } | null
  home: Json | null
  notice: string | null
}

export async function answerPage(context: ServerContext, exchange: Exchange): Promise<void> {
  const { request, response, url } = exchange
  if (request.method === 'POST') {
    await answerAct(context, exchange)
    return
  }
  if (url.pathname === '/ui/state') return send(response, 200, seenBy(context.journal, userOf(url)))
  send(response, 404, { error: 'There is no such page.' })
}

export function seenBy(journal: Journal, user: string): Seen {
  const mine = new Set([...CHANNELS.map(({ id }) => id), directOf(user)])
  return {
    version: journal.version(),
    messages: journal
      .messages()
      .filter(({ channel, onlyFor }) => mine.has(channel) && (onlyFor ?? user) === user),
    modal: journal.modals(user).at(-1) ?? null,
    home: journal.home(user),
    notice: journal.notice(user),
  }
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
      return acts.press(user, act.at, act.actionId, act.blockId, act.chosen)
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
