import type { Backend } from './backend'
import { userToken } from './backend'
import type { Hooks } from './hooks'
import type { Journal, Json, ShownMessage } from './journal'
import {
  buttonBody,
  closedBody,
  commandBody,
  eventBody,
  postSigned,
  type SlackBody,
  type SlackSender,
  submissionBody,
} from './signed-body'
import { readState } from './view-state'
import type { WebApi } from './web-api'
import { channelName, directOf, USERS } from './workspace'

/** Where something that can be pressed stands. */
export type Place =
  | { kind: 'message'; channel: string; ts: string }
  | { kind: 'modal' }
  | { kind: 'home' }

export interface Press {
  at: Place
  blockId: string
  actionId: string
  /** Of a select or radio buttons: the value. */
  chosen?: string
  /** In a modal: what stands in its fields meanwhile, by block id. */
  values?: Record<string, string>
}

/** What people do in Slack. Each sends what Slack would send, signed, and shows what Slack would show of the answer. */
export interface Acts {
  press(user: string, press: Press): Promise<void>
  /** @param values what stands in the modal's fields, by block id */
  submit(user: string, values: Record<string, string>): Promise<void>
  close(user: string): Promise<void>
  /** A message, or a command when it begins with a slash. */
  say(user: string, channel: string, text: string): Promise<void>
  openHome(user: string): Promise<void>
}

export interface ActsContext {
  backend: Backend
  api: WebApi
  journal: Journal
  hooks: Hooks
  sender: SlackSender
  product: { origin: string; secret: string }
  /** Links to this host are told to the app. */
  publicHost: string
}

const ACK_LIMIT_MS = 3_000
const LINK = /https?:\/\/[^\s<>|]+/g

export function createActs(context: ActsContext): Acts {
  return {
    press: (user, press) => pressed(context, user, press),
    submit: (user, values) => submitted(context, user, values),
    close: (user) => closed(context, user),
    say: (user, channel, text) =>
      text.startsWith('/')
        ? commanded(context, user, channel, text)
        : said(context, user, channel, text),
    openHome: async (user) => {
      const event = { type: 'app_home_opened', user, channel: directOf(user), tab: 'home' }
      await deliver(context, user, eventBody(context.sender, { ...event, event_ts: nowTs() }))
    },
  }
}

async function pressed(context: ActsContext, user: string, press: Press): Promise<void> {
  const { api, backend, hooks, journal, sender } = context
  const { at } = press
  const message = at.kind === 'message' ? journal.find(at.channel, at.ts) : null
  const view = viewAt(journal, user, press)
  const action = findElement(message ? message.blocks : view?.['blocks'], press)
  if (!action) throw new Error('There is no such button any more.')
  const triggerId = await api.trigger(user, at.kind === 'modal' ? String(view?.['id']) : undefined)
  const body = { user: actor(user), action, triggerId }
  if (!message) {
    await deliver(context, user, buttonBody(sender, { ...body, message: null, view }))
    return
  }
  const pressedIn = {
    channel: { id: message.channel, name: channelName(message.channel) },
    ts: message.ts,
    threadTs: message.threadTs,
    isEphemeral: message.onlyFor !== null,
    content: await contentOf(backend, message),
    responseUrl: hooks.open({ user, channel: message.channel, source: message }),
  }
  await deliver(context, user, buttonBody(sender, { ...body, view: null, message: pressedIn }))
}

/** The view as it is pressed in: with what was typed so far, which outlives an update of the view. */
function viewAt(journal: Journal, user: string, { at, values = {} }: Press): Json | null {
  if (at.kind === 'home') return journal.home(user)
  const shown = journal.modals(user).at(-1)
  if (at.kind !== 'modal' || !shown) return null
  const view = { ...shown.view, state: { values: readState(shown.view, values).state } }
  journal.showModal(user, { ...shown, view })
  return view
}

async function submitted(
  context: ActsContext,
  user: string,
  values: Record<string, string>,
): Promise<void> {
  const { api, journal, sender } = context
  const view = journal.modals(user).at(-1)?.view
  if (!view) throw new Error('There is no modal any more.')
  const { state, errors } = readState(view, values)
  const sent = { ...view, state: { values: state } }
  if (Object.keys(errors).length > 0) {
    journal.showModal(user, { view: sent, errors })
    return
  }
  const viewId = String(view['id'])
  const triggerId = await api.trigger(user, viewId)
  const body = submissionBody(sender, { user: actor(user), triggerId, view: sent })
  const answering = deliver(context, user, body).then((answer) =>
    answer === null ? undefined : answered(context, user, sent, answer),
  )
  api.holdView(
    viewId,
    answering.catch(() => null),
  )
  await answering
}

/** What the app answered to a submission comes before whatever it does to the view afterwards. */
async function answered(context: ActsContext, user: string, sent: Json, answer: Json) {
  const { api, backend, journal } = context
  const viewId = String(sent['id'])
  switch (answer['response_action']) {
    case 'errors': {
      const errors = answer['errors'] as Record<string, string>
      journal.showModal(user, { view: sent, errors })
      return
    }
    case 'update': {
      const update = api.prepare({ view_id: viewId, view: answer['view'] })
      const updated = taken(await backend.ask('views.update', update))
      journal.showModal(user, { view: updated, errors: {} })
      return
    }
    case 'push': {
      const trigger = await api.trigger(user, viewId)
      const push = api.prepare({ trigger_id: trigger, view: answer['view'] })
      journal.showModal(user, { view: taken(await backend.ask('views.push', push)), errors: {} })
      return
    }
    default:
      journal.closeModals(user, answer['response_action'] === 'clear' ? 'all' : 'top')
  }
}

function taken(answer: Json): Json {
  if (answer['ok'] !== true) throw new Error(`Slack refused the view: ${String(answer['error'])}`)
  return answer['view'] as Json
}

async function closed(context: ActsContext, user: string): Promise<void> {
  const view = context.journal.modals(user).at(-1)?.view
  context.journal.closeModals(user, 'top')
  if (view?.['notify_on_close'] !== true) return
  await deliver(
    context,
    user,
    closedBody(context.sender, { user: actor(user), view, isCleared: false }),
  )
}

async function said(context: ActsContext, user: string, channel: string, text: string) {
  const { backend, journal, publicHost, sender } = context
  const posted = await backend.ask('chat.postMessage', { channel, text }, userToken(user))
  if (posted['ok'] !== true) throw new Error(`Slack refused the message: ${posted['error']}`)
  const ts = String(posted['ts'])
  const message = { channel, ts, text, threadTs: null, by: user, blocks: null }
  journal.put({ ...message, isEdited: false, onlyFor: null, unfurls: {} })
  const links = (text.match(LINK) ?? [])
    .filter((url) => URL.canParse(url) && new URL(url).host === publicHost)
    .map((url) => ({ domain: new URL(url).hostname, url }))
  if (links.length === 0) return
  const event = { type: 'link_shared', user, channel, message_ts: ts, links, event_ts: nowTs() }
  const more = { source: 'conversations_history', unfurl_id: `${channel}.${ts}` }
  await deliver(context, user, eventBody(sender, { ...event, ...more }))
}

async function commanded(context: ActsContext, user: string, channel: string, text: string) {
  const [command = '', ...rest] = text.split(' ')
  const answer = await deliver(
    context,
    user,
    commandBody(context.sender, {
      user: actor(user),
      command,
      text: rest.join(' ').trim(),
      channel: { id: channel, name: channelName(channel) },
      triggerId: await context.api.trigger(user),
      responseUrl: context.hooks.open({ user, channel, source: null }),
    }),
  )
  if (answer && (answer['text'] !== undefined || answer['blocks'] !== undefined)) {
    context.hooks.show({ user, channel, source: null }, answer)
  }
}

/** @returns what was answered, or null when that was nothing useful: the user is told, as Slack tells them */
async function deliver(context: ActsContext, user: string, body: SlackBody): Promise<Json | null> {
  const { journal, product } = context
  journal.setNotice(user, null)
  try {
    const signal = AbortSignal.timeout(ACK_LIMIT_MS)
    const answer = await postSigned({ ...product, signal }, body)
    const text = await answer.text()
    if (answer.ok) return readAnswer(text)
    journal.setNotice(user, `Countersign answered with HTTP ${answer.status}. Try again.`)
  } catch {
    journal.setNotice(user, 'Countersign did not answer within three seconds. Try again.')
  }
  return null
}

/** Nothing, an object, or a sentence. */
function readAnswer(text: string): Json {
  if (text === '') return {}
  try {
    return JSON.parse(text) as Json
  } catch {
    return { text }
  }
}

async function contentOf(backend: Backend, message: ShownMessage): Promise<Json | null> {
  if (message.onlyFor !== null) return null
  const { channel, ts, threadTs } = message
  const thread = await backend.ask('conversations.replies', { channel, ts: threadTs ?? ts })
  const all = (thread['messages'] ?? []) as Json[]
  return all.find((each) => each['ts'] === ts) ?? null
}

/** The element as Slack sends it back, with what was chosen. Buttons stand in actions and beside sections. */
function findElement(blocks: unknown, { blockId, actionId, chosen }: Press): Json | null {
  const block = (blocks as Json[] | null)?.find((each) => each['block_id'] === blockId)
  const elements = [
    ...((block?.['elements'] as Json[] | undefined) ?? []),
    block?.['accessory'] as Json | undefined,
    block?.['element'] as Json | undefined,
  ]
  const element = elements.find((each) => each?.['action_id'] === actionId)
  if (!element) return null
  const { type, text, value } = element
  const options = (element['options'] ?? []) as Json[]
  const selected = options.find((option) => option['value'] === chosen)
  return {
    type,
    action_id: actionId,
    block_id: blockId,
    ...(text !== undefined && { text }),
    ...(value !== undefined && { value }),
    ...(selected && { selected_option: selected }),
  }
}

function actor(user: string): { id: string; name: string } {
  return { id: user, name: USERS.find(({ id }) => id === user)?.name ?? user }
}

function nowTs(): string {
  return (Date.now() / 1000).toFixed(6)
}
