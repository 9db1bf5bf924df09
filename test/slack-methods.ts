import { blockFault, viewFault } from './slack-limits'

export interface DoubleMessage {
  channel: string
  ts: string
  threadTs: string | null
  text: string
  blocks: Record<string, unknown>[]
  /** 1 once posted, one more with each update. */
  version: number
}

export interface DoubleUser {
  id: string
  team_id: string
  name: string
  real_name: string
  is_bot: boolean
  is_restricted: boolean
  is_ultra_restricted: boolean
  is_stranger: boolean
  deleted: boolean
  /** On Enterprise Grid: of which organisation the user is. */
  enterprise_user?: { id: string; enterprise_id: string }
}

/** What the workspace holds. */
export interface Workspace {
  messages: Map<string, DoubleMessage>
  users: Map<string, Partial<DoubleUser>>
  views: Map<string, Record<string, unknown>>
  closedChannels: Set<string>
  lastTs: number
  lastView: number
}

export const TEAM = 'T0SLACKTEAM'
export const BOT = 'U0COUNTERBOT'
export const TOKEN = 'xoxb-double-bot-token'

export function emptyWorkspace(): Workspace {
  return {
    messages: new Map(),
    users: new Map(),
    views: new Map(),
    closedChannels: new Set(),
    lastTs: 1_700_000_000_000_000,
    lastView: 0,
  }
}

export type Answer = Record<string, unknown>
const refused = (error: string): Answer => ({ ok: false, error })

/** Carries one call out as Slack would. */
export function perform(
  state: Workspace,
  { method, args, token }: { method: string; args: Record<string, unknown>; token: string | null },
): Answer {
  if (method === 'response_url') return { ok: true }
  if (method === 'oauth.v2.access') return oauthAnswer()
  if (token === null) return refused('not_authed')
  const does = METHODS[method]
  return does ? does(state, args) : refused('unknown_method')
}

const METHODS: Record<string, (state: Workspace, args: Record<string, unknown>) => Answer> = {
  'auth.test': () => ({
    ok: true,
    url: 'https://double.slack.example/',
    team: 'Osterby',
    user: 'countersign',
    team_id: TEAM,
    user_id: BOT,
    bot_id: 'B0COUNTERBOT',
    is_enterprise_install: false,
  }),
  'chat.postMessage': post,
  'chat.update': update,
  'chat.postEphemeral': (_workspace, args) => {
    const fault = blockFault(args['blocks'])
    return fault ? refused(fault) : { ok: true, message_ts: '1700000000.000001' }
  },
  'chat.unfurl': () => ({ ok: true }),
  'conversations.open': (_workspace, args) => ({
    ok: true,
    channel: { id: directOf(String(args['users'])) },
  }),
  'views.open': (state, args) => {
    const fault = viewFault(args['view'])
    if (fault) return refused(fault)
    if (!args['trigger_id']) return refused('invalid_trigger_id')
    return saveView(state, `V${++state.lastView}`, args['view'])
  },
  'views.update': (state, args) => {
    const fault = viewFault(args['view'])
    const id = String(args['view_id'])
    if (!fault && !state.views.has(id)) return refused('not_found')
    return fault ? refused(fault) : saveView(state, id, args['view'])
  },
  'views.publish': (state, args) => {
    const fault = viewFault(args['view'])
    return fault ? refused(fault) : saveView(state, `home:${String(args['user_id'])}`, args['view'])
  },
  'users.info': ({ users }, args) => {
    const id = String(args['user'])
    const known: DoubleUser = {
      id,
      team_id: TEAM,
      name: id.toLowerCase(),
      real_name: id,
      is_bot: false,
      is_restricted: false,
      is_ultra_restricted: false,
      is_stranger: false,
      deleted: false,
      ...users.get(id),
    }
    return { ok: true, user: { ...known, profile: { real_name: known.real_name } } }
  },
  'apps.connections.open': () => ({ ok: true, url: 'wss://double.slack.example/link' }),
}

function post(state: Workspace, args: Record<string, unknown>): Answer {
  const fault = messageFault(state, args)
  if (fault) return refused(fault)
  const asked = String(args['channel'])
  const channel = asked.startsWith('U') ? directOf(asked) : asked
  const threadTs = typeof args['thread_ts'] === 'string' ? args['thread_ts'] : null
  const ts = nextTs(state)
  const content = contentOf(args)
  state.messages.set(`${channel}/${ts}`, { channel, ts, threadTs, version: 1, ...content })
  return { ok: true, channel, ts, message: { ts, text: content.text } }
}

function update(state: Workspace, args: Record<string, unknown>): Answer {
  const fault = messageFault(state, args)
  if (fault) return refused(fault)
  const message = state.messages.get(`${String(args['channel'])}/${String(args['ts'])}`)
  if (!message) return refused('message_not_found')
  Object.assign(message, contentOf(args), { version: message.version + 1 })
  return { ok: true, channel: message.channel, ts: message.ts, text: message.text }
}

function messageFault(state: Workspace, args: Record<string, unknown>): string | null {
  if (!args['channel']) return 'channel_not_found'
  if (state.closedChannels.has(String(args['channel']))) return 'not_in_channel'
  return blockFault(args['blocks'])
}

function contentOf(args: Record<string, unknown>): Pick<DoubleMessage, 'text' | 'blocks'> {
  const blocks = Array.isArray(args['blocks']) ? (args['blocks'] as Record<string, unknown>[]) : []
  return { text: String(args['text'] ?? ''), blocks }
}

function saveView(state: Workspace, id: string, view: unknown): Answer {
  const saved = { ...(view as Record<string, unknown>), id, hash: `${id}-${++state.lastView}` }
  state.views.set(id, saved)
  return { ok: true, view: saved }
}

function nextTs(state: Workspace): string {
  state.lastTs += 1_000
  const text = String(state.lastTs)
  return `${text.slice(0, 10)}.${text.slice(10)}`
}

export function directOf(userId: string): string {
  return userId.replace(/^[UW]/, 'D')
}

function oauthAnswer(): Answer {
  return {
    ok: true,
    app_id: 'A0COUNTERSIGN',
    access_token: TOKEN,
    token_type: 'bot',
    scope: 'chat:write,commands,im:write,links:read,links:write,users:read',
    bot_user_id: BOT,
    team: { id: TEAM, name: 'Osterby' },
    enterprise: null,
    is_enterprise_install: false,
  }
}
