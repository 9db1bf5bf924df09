import { randomBytes } from 'node:crypto'
import { createEmulator } from 'emulate'
import type { Journal, Json, ShownMessage } from './journal'
import { createLastingIds, type LastingIds } from './lasting-ids'
import { APP, CHANNELS, TEAM, USERS } from './workspace'

/** The package that plays Slack, spoken to in ids that last. */
export interface Backend {
  /** Calls one Web API method. Without a token it is the app that calls. */
  ask(method: string, args: Json, token?: string): Promise<Json>
  ids: LastingIds
  close(): Promise<void>
}

/** The emulator listens on a port of its own, where nobody shall guess a way in. */
const UNGUESSABLE = randomBytes(16).toString('hex')

/** A user's own token, for what people say themselves. */
export function userToken(userId: string): string {
  return `xoxp-${userId}-${UNGUESSABLE}`
}

/** Starts the emulator with the workspace, and posts again what the journal remembers of the last start. */
export async function startBackend(botToken: string, journal: Journal): Promise<Backend> {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: { slack: seedOf(botToken) },
  })
  const origin = emulator.url.replace('//localhost', '//127.0.0.1')
  const ids = createLastingIds()
  const ask: Backend['ask'] = async (method, args, token = botToken) => {
    const answer = await fetch(`${origin}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: ids.toTheirs(JSON.stringify(args)),
    })
    return JSON.parse(ids.toOurs(await answer.text())) as Json
  }
  await learnIds(ask, ids)
  for (const message of journal.messages()) await postAgain(ask, ids, message)
  return { ask, ids, close: () => emulator.close() }
}

function seedOf(botToken: string): Json {
  const bot = { app_id: APP.id, bot_id: APP.botId, bot_user_id: APP.botUserId }
  return {
    team: { name: TEAM.name, domain: TEAM.domain },
    users: USERS.map(({ name, realName }) => ({ name, real_name: realName })),
    oauth_apps: [
      {
        ...bot,
        client_id: '1.1',
        client_secret: 'not-used',
        name: APP.name,
        redirect_uris: [],
        bot_name: APP.botName,
      },
    ],
    channels: CHANNELS.map(({ name }) => ({ name })),
    tokens: [
      { ...bot, token: botToken, type: 'bot', user_id: APP.botUserId },
      ...USERS.map(({ id, name }) => ({ token: userToken(id), type: 'user', user: name })),
    ],
  }
}

async function learnIds(ask: Backend['ask'], ids: LastingIds): Promise<void> {
  const people = (await ask('users.list', {}))['members'] as { id: string; name: string }[]
  const rooms = (await ask('conversations.list', {}))['channels'] as { id: string; name: string }[]
  const learn = (ours: { id: string; name: string }[], theirs: { id: string; name: string }[]) => {
    for (const { id, name } of ours) {
      const there = theirs.find((each) => each.name === name)
      if (!there) throw new Error(`The Slack emulator did not take ${name}`)
      ids.learn(id, there.id)
    }
  }
  learn(USERS, people)
  learn(CHANNELS, rooms)
}

async function postAgain(ask: Backend['ask'], ids: LastingIds, message: ShownMessage) {
  const user = USERS.find(({ id }) => message.channel === `D${id.slice(1)}`)
  const posted = await ask(
    'chat.postMessage',
    {
      channel: user?.id ?? message.channel,
      text: message.text,
      ...(message.blocks && { blocks: message.blocks }),
      ...(message.threadTs && { thread_ts: message.threadTs }),
    },
    message.by === APP.botUserId ? undefined : userToken(message.by),
  )
  if (posted['ok'] !== true) return
  if (posted['channel'] !== message.channel) ids.learn(message.channel, String(posted['channel']))
  ids.learn(message.ts, String(posted['ts']))
}
