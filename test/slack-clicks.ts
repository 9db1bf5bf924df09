import { afterAll } from 'vitest'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { cardMessage } from '#lib/notify/slack/blocks/card'
import type { SlackApi } from '#lib/notify/slack/web-api'
import { cardView } from '#lib/queries/slack/card-view'
import { SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import {
  buttonBody,
  commandBody,
  eventBody,
  type SlackBody,
  type SlackSender,
  slackHeaders,
  submissionBody,
} from '../scripts/slack/signed-body'
import { createSlackApp } from '../slack/app'
import { createSlackReceiver } from '../slack/receiver'
import { type SlackDouble, startSlackDouble } from './slack-double'
import { elementOf, type Node, stateOf, textsOf } from './slack-elements'
import { SLACK_ENV } from './slack-rows'
import { type World, type WorldPerson, world } from './world'

export const CHANNEL = 'C0RELEASES'

export type ActionName = keyof typeof SLACK_ACTIONS
export type Fields = Readonly<Record<string, string>>

/** A card that was posted, and the row that keeps it. */
export interface PostedCard {
  messageId: string
  requestId: string
  ts: string
  /** As it was posted. Somebody may still see it so when Slack has long been told otherwise. */
  content: Node
}

/** What the presser sees in the end. */
export interface Shown {
  /** What Slack was answered at once. */
  status: number
  answer: Node
  viewId: string
  view: Node
  title: string
  /** All text of the view, in one. */
  text: string
}

/** The product with Slack at its edge. */
export interface SlackWorld extends World {
  double: SlackDouble
  slack: SlackApi
  /** Signs a body as Slack does and has the real receiver take it in; back when all that it set off is done. */
  deliver: (body: SlackBody) => Promise<Response>
  sender: SlackSender
  nextTrigger: () => string
}

export async function slackWorld(
  databaseUrl: string,
  options: { policy?: string } = {},
): Promise<SlackWorld> {
  const double = await startSlackDouble()
  afterAll(() => double.close())
  const env = { ...SLACK_ENV, SLACK_BOT_TOKEN: double.botToken, SLACK_API_URL: double.url }
  const w = await world(databaseUrl, { env, ...options })
  const { slack, now, log } = w.runtime
  if (!slack) throw new Error('Slack is set up in this world')
  await installAtStart(w.runtime, new AbortController().signal)
  const { SLACK_SIGNING_SECRET: signingSecret, SLACK_APP_ID: appId } = SLACK_ENV
  const receiver = createSlackReceiver({ signingSecret, appId, slack, now, log })
  const app = createSlackApp({ runtime: w.runtime, receiver })
  let triggers = 0
  return {
    ...w,
    double,
    slack,
    sender: { appId, teamId: double.teamId, teamDomain: 'osterby' },
    nextTrigger: () => `trigger-${++triggers}`,
    async deliver(what) {
      const url = new URL(what.path, 'http://localhost:3000')
      const headers = slackHeaders(what, signingSecret, now())
      const request = new Request(url, { method: 'POST', headers, body: what.body })
      const answer = await receiver.handle(request)
      await app.settled()
      return answer
    },
  }
}

/** Links a person; returns the Slack user. */
export async function linkTo(w: SlackWorld, person: WorldPerson, userId: string): Promise<string> {
  const { db, newId } = w.runtime
  const user = { enterpriseId: '', teamId: w.double.teamId, userId }
  const data = { ...user, personId: person.id, userName: userId, linkedAt: new Date() }
  await db.slackLink.create({ data: { id: newId('slk'), ...data } })
  return userId
}

/** Posts the card of a request as it would be posted now. */
export async function postCard(w: SlackWorld, requestId: string): Promise<PostedCard> {
  const view = await cardView(w.runtime, requestId)
  if (!view) throw new Error('There is no such request')
  const messageId = w.runtime.newId('msg')
  const content = cardMessage(view, { messageId, equalAsks: [] })
  const posted = await w.slack.post({ channel: CHANNEL, content })
  if (!posted.ok) throw new Error(JSON.stringify(posted))
  const { ts } = posted.value
  const at = new Date()
  const told = { shown: 'posted by the test', state: 'sent', createdAt: at, sentAt: at }
  const row = { id: messageId, kind: 'card', channelId: CHANNEL, requestId, callerId: w.callerId }
  await w.runtime.db.slackMessage.create({ data: { ...row, ts, ...told } })
  return { messageId, requestId, ts, content: { ...w.double.message(CHANNEL, ts) } }
}

/** Presses a button of a card as it was posted. */
export async function press(
  w: SlackWorld,
  userId: string,
  card: Pick<PostedCard, 'ts' | 'content'>,
  action: ActionName,
): Promise<Shown> {
  const button = elementOf(card.content['blocks'], SLACK_ACTIONS[action])
  if (!button) throw new Error(`The card has no button ${action}`)
  return await pressElement(w, userId, button, card)
}

/** Presses a button that says what no card of ours says. */
export async function pressValue(
  w: SlackWorld,
  userId: string,
  action: ActionName,
  value: object,
): Promise<Shown> {
  const id = { type: 'button', action_id: SLACK_ACTIONS[action], block_id: 'b' }
  const element = { ...id, value: JSON.stringify(value) }
  return await pressElement(w, userId, element, { ts: '1700000000.000009', content: {} })
}

async function pressElement(
  w: SlackWorld,
  userId: string,
  action: Node,
  { ts, content }: { ts: string; content: Node },
): Promise<Shown> {
  const triggerId = w.nextTrigger()
  const channel = { id: CHANNEL, name: 'releases' }
  const message = { channel, ts, content, responseUrl: w.double.responseUrl(triggerId) }
  const pressed = { user: actor(userId), action, triggerId, message, view: null }
  const answer = await w.deliver(buttonBody(w.sender, pressed))
  const openings = w.double.callsOf('views.open').filter((call) => call.answer === 'ok')
  const place = openings.findIndex(({ args }) => args['trigger_id'] === triggerId)
  const ids = [...w.double.views.keys()].filter((id) => !id.startsWith('home:'))
  return await shown(w, answer, ids[place] ?? '')
}

/** Chooses in a select of an open modal; `fields`: what was typed in it so far. */
export async function choose(
  w: SlackWorld,
  userId: string,
  {
    viewId,
    action,
    value,
    fields = {},
  }: { viewId: string; action: ActionName; value: string; fields?: Fields },
): Promise<Shown> {
  const option = { text: { type: 'plain_text', text: value }, value }
  const id = { type: 'static_select', action_id: SLACK_ACTIONS[action], block_id: 'b' }
  const element = { ...id, selected_option: option }
  const shownView = w.double.views.get(viewId) ?? {}
  const view = { ...shownView, state: stateOf(shownView, fields) }
  const triggerId = w.nextTrigger()
  const chosen = { user: actor(userId), action: element, triggerId, message: null, view }
  return await shown(w, await w.deliver(buttonBody(w.sender, chosen)), viewId)
}

/** Sends an open modal off; `over` puts something else in the place of what Slack keeps of it. */
export async function send(
  w: SlackWorld,
  userId: string,
  { viewId, fields, over = {} }: { viewId: string; fields: Fields; over?: Node },
): Promise<Shown> {
  const view = w.double.views.get(viewId)
  if (!view) throw new Error('There is no such modal')
  const sent = { ...view, ...over, state: stateOf(view, fields) }
  const what = { user: actor(userId), triggerId: w.nextTrigger(), view: sent }
  return await shown(w, await w.deliver(submissionBody(w.sender, what)), viewId)
}

/** Sends off a modal that Countersign never opened. */
export async function forge(
  w: SlackWorld,
  userId: string,
  forged: { callbackId: string; meta: object; fields: Fields },
): Promise<Shown> {
  const opened = await w.slack.openView({
    triggerId: w.nextTrigger(),
    view: { type: 'modal', title: { type: 'plain_text', text: 'Forged' }, blocks: [] },
  })
  if (!opened.ok) throw new Error(JSON.stringify(opened))
  const { callbackId, meta, fields } = forged
  const over = { callback_id: callbackId, private_metadata: JSON.stringify(meta) }
  return await send(w, userId, { viewId: opened.value.viewId, fields, over })
}

/** Types `/countersign …`; returns what is answered, for these eyes alone. */
export async function command(w: SlackWorld, userId: string, text: string): Promise<string> {
  const triggerId = w.nextTrigger()
  const responseUrl = w.double.responseUrl(triggerId)
  const channel = { id: CHANNEL, name: 'releases' }
  const said = { user: actor(userId), command: '/countersign', text, channel }
  const answers = () =>
    w.double
      .callsOf('chat.postEphemeral', 'response_url')
      .filter((call) => call.answer === 'ok' && (call.args['user'] ?? userId) === userId)
  const before = answers().length
  await w.deliver(commandBody(w.sender, { ...said, triggerId, responseUrl }))
  return textsOf(answers()[before]?.args['blocks']).join('\n')
}

export async function happen(w: SlackWorld, event: Node): Promise<Response> {
  return await w.deliver(eventBody(w.sender, event))
}

function actor(userId: string) {
  return { id: userId, name: userId.toLowerCase() }
}

async function shown(w: SlackWorld, answer: Response, viewId: string): Promise<Shown> {
  const text = await answer.text()
  const view = w.double.views.get(viewId) ?? {}
  return {
    status: answer.status,
    answer: text === '' ? {} : (JSON.parse(text) as Node),
    viewId,
    view,
    title: textsOf(view['title']).join(''),
    text: textsOf(view['blocks']).join('\n'),
  }
}
