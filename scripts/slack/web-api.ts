import { blockFault, viewFault } from '../../test/slack-limits'
import type { Backend } from './backend'
import type { Journal, Json } from './journal'
import { keepTyped } from './view-state'
import { APP, directOf, USERS } from './workspace'

/** Answers the app's calls: the emulator does them, this keeps Slack's limits and what a client would show. */
export interface WebApi {
  /** @param body as it arrived */
  call(method: string, body: string, contentType: string): Promise<Json>
  /** Arguments as Slack takes them: with blocks that have names. @throws where Slack would refuse them */
  prepare(args: Json): Json
  /** What lets the app open a modal for a user: once, within three seconds. */
  trigger(user: string, viewId?: string): Promise<string>
  /** A view waits for the answer to its own submission, which Slack shows first. */
  holdView(viewId: string, until: Promise<unknown>): void
}

const MOST_TRIGGERS = 200
const STRUCTURED = new Set(['attachments', 'blocks', 'metadata', 'unfurls', 'view'])

const refused = (error: string): Json => ({ ok: false, error })

export function createWebApi(backend: Backend, journal: Journal): WebApi {
  const held = new Map<string, Promise<unknown>>()
  const triggers = new Map<string, string>()
  return {
    prepare: (args) => {
      const fault = faultOf(args)
      if (fault) throw new Error(`Slack refuses it: ${fault}`)
      return withBlockIds(args)
    },
    trigger: async (user, viewId) => {
      const asked = { user_id: user, ...(viewId && { view_id: viewId }) }
      const answer = await backend.ask('views.generateTriggerId', asked)
      const id = String(answer['trigger_id'])
      triggers.set(id, user)
      if (triggers.size > MOST_TRIGGERS) triggers.delete(triggers.keys().next().value ?? '')
      return id
    },
    holdView: (viewId, until) => {
      held.set(viewId, until)
      void until.finally(() => held.get(viewId) === until && held.delete(viewId))
    },
    call: async (method, body, contentType) => {
      const args = withBlockIds(readArgs(body, contentType))
      const fault = faultOf(args)
      if (fault) return refused(fault)
      if (method === 'chat.unfurl') return unfurl(journal, args)
      if (method === 'views.update') await held.get(String(args['view_id']))
      const answer = await backend.ask(method, args)
      if (answer['ok'] !== true) return answer
      const ours = withDirect(backend, args, answer)
      if (method === 'users.info') return withStanding(ours)
      const user = triggers.get(String(args['trigger_id']))
      if (user && ours['view']) journal.showModal(user, { view: ours['view'] as Json, errors: {} })
      RECORDERS[method]?.(journal, args, ours)
      return ours
    },
  }
}

function faultOf({ blocks, view }: Json): string | null {
  if (view !== undefined) return viewFault(view)
  return blockFault(blocks)
}

/** A conversation that the emulator has just made gets the id that it had last time. */
function withDirect(backend: Backend, args: Json, answer: Json): Json {
  const channel = answer['channel']
  const isObject = typeof channel === 'object' && channel !== null
  const id = isObject ? (channel as Json)['id'] : channel
  const user = USERS.find((each) => each.id === (args['users'] ?? args['channel']))
  if (!user || typeof id !== 'string' || id === directOf(user.id)) return answer
  backend.ids.learn(directOf(user.id), id)
  return {
    ...answer,
    channel: isObject ? { ...(channel as Json), id: directOf(user.id) } : directOf(user.id),
  }
}

/** What the emulator does not know of people. */
function withStanding(answer: Json): Json {
  const user = answer['user'] as Json
  const isGuest = USERS.find(({ id }) => id === user['id'])?.isGuest === true
  const standing = { is_restricted: isGuest, is_ultra_restricted: false, is_stranger: false }
  return { ...answer, user: { ...user, ...standing, tz: 'Europe/Berlin' } }
}

type Recorder = (journal: Journal, args: Json, answer: Json) => void

const post: Recorder = (journal, args, answer) =>
  journal.put({
    channel: String(answer['channel'] ?? args['channel']),
    ts: String(answer['ts'] ?? answer['message_ts']),
    threadTs: typeof args['thread_ts'] === 'string' ? args['thread_ts'] : null,
    by: APP.botUserId,
    ...contentOf(args),
    isEdited: false,
    onlyFor: typeof args['user'] === 'string' ? args['user'] : null,
    unfurls: {},
  })

/** What a client shows after a call that was carried out. */
const RECORDERS: Record<string, Recorder> = {
  'chat.postMessage': post,
  'chat.postEphemeral': post,
  'chat.update': (journal, args) =>
    journal.edit(String(args['channel']), String(args['ts']), {
      ...contentOf(args),
      isEdited: true,
    }),
  'chat.delete': (journal, args) => journal.remove(String(args['channel']), String(args['ts'])),
  'views.publish': (journal, args, answer) =>
    journal.publishHome(String(args['user_id']), answer['view'] as Json),
  'views.update': (journal, _args, answer) => {
    const view = answer['view'] as Json
    const owner = journal.ownerOf(String(view['id']))
    if (!owner) return
    const before = journal.modals(owner).find((shown) => shown.view['id'] === view['id'])
    journal.showModal(owner, { view: keepTyped(before?.view, view), errors: {} })
  },
}

function contentOf(args: Json): { text: string; blocks: Json[] | null } {
  return {
    text: String(args['text'] ?? ''),
    blocks: (args['blocks'] as Json[] | undefined) ?? null,
  }
}

function unfurl(journal: Journal, args: Json): Json {
  const [channel, ts] = [String(args['channel']), String(args['ts'])]
  if (!journal.find(channel, ts)) return refused('cannot_find_message')
  journal.edit(channel, ts, { unfurls: (args['unfurls'] ?? {}) as Record<string, Json> })
  return { ok: true }
}

/** Slack names the blocks that the app did not name, so that a press can say where it was. */
function withBlockIds(args: Json): Json {
  const named = (blocks: unknown) =>
    Array.isArray(blocks)
      ? blocks.map((block: Json, at) => ({ block_id: `auto-${at}`, ...block }))
      : blocks
  const view = args['view'] as Json | undefined
  return {
    ...args,
    ...(args['blocks'] !== undefined && { blocks: named(args['blocks']) }),
    ...(view && { view: { ...view, blocks: named(view['blocks']) } }),
  }
}

/** Web API calls travel as forms whose structured values are JSON, or as JSON. */
function readArgs(body: string, contentType: string): Json {
  if (contentType.includes('application/json')) return JSON.parse(body) as Json
  const entries = [...new URLSearchParams(body)].map(([name, value]) => [
    name,
    STRUCTURED.has(name) ? JSON.parse(value) : value,
  ])
  return Object.fromEntries(entries) as Json
}
