import type { Runtime } from '../../lib/runtime'
import { SLACK_ACTIONS } from '../../lib/wire/slack/buttons'
import type { Contract, Countersign } from '../../sdk/index'
import { createSlackClient, type SlackClient } from '../slack/client'
import type { Json, ShownMessage } from '../slack/journal'
import type { Seen } from '../slack/seen'
import { CHANNELS, USERS } from '../slack/workspace'
import { unusedCode } from './demo-people'
import { ROLLBACK_PLAN } from './demo-votes'
import { SEED_CONTRACT } from './seed-contract'

/** How the demonstration tells what happens. */
export interface Teller {
  step(title: string): void
  say(text: string): void
  /** @throws where it does not hold */
  expect(holds: boolean, what: string): void
}

interface Leg extends Teller {
  slack: SlackClient
  runtime: Runtime
  requestId: string
}

const VOTER = userNamed('tomas')
const PLANNER = userNamed('aiko')
const CHANNEL = CHANNELS[0]?.id ?? ''

/** The same loop where people are already: a card, a code, a plan and a confirmation, all in Slack. */
export async function slackLeg(
  { runtime, agent, pageUrl }: { runtime: Runtime; agent: Countersign; pageUrl: string },
  teller: Teller,
): Promise<void> {
  const { step, say, expect } = teller
  const slack = createSlackClient(pageUrl)
  step('In Slack: the agent asks for another deploy, and a card is posted')
  const { request_id: requestId, verdict } = await agent.request(contract())
  expect(verdict === 'DEFER', 'the second deploy is held')
  const leg: Leg = { ...teller, slack, runtime, requestId }
  const posted = await slack.until(VOTER.id, (seen) => cardOf(seen, requestId))
  say(indent(drawn(posted.blocks)))

  step(`${VOTER.realName} presses Approve, reads, and types the code of the authenticator`)
  await approve(leg)

  step(`${PLANNER.realName} presses Add evidence, and writes a rollback plan`)
  await press(leg, PLANNER.id, SLACK_ACTIONS.addEvidence)
  await answerModal(leg, PLANNER.id, planFields())

  step(`${VOTER.realName} approved before there was a plan, and confirms`)
  await approve(leg)

  step('A worker releases it, and the card says so')
  const final = await slack.until(VOTER.id, (seen) => {
    const card = cardOf(seen, requestId)
    return card?.text.startsWith('Released') ? card : null
  })
  say(indent(drawn(final.blocks)))
  const replies = await slack.until(VOTER.id, (seen) => {
    const thread = threadOf(seen, final)
    return thread.at(-1)?.text.includes('Released') ? thread : null
  })
  say('  and its thread:')
  for (const { text } of replies) say(`    ${text}`)
  const { state } = await agent.get(requestId)
  expect(state === 'released', 'votes and evidence given in Slack release the request')
}

/** New at each run: equal asks share one card. */
function contract(): Contract {
  const goal = 'Deploy release 2026.03.15 to production'
  const attempt = new Date().toISOString()
  return {
    ...SEED_CONTRACT,
    goal,
    arguments: { 'deploy.production': { release: '2026.03.15', attempt } },
  }
}

async function approve(leg: Leg): Promise<void> {
  const { runtime, slack, say } = leg
  const email = `${VOTER.name}@osterby.example`
  const { id } = await runtime.db.person.findUniqueOrThrow({ where: { email } })
  const code = await unusedCode(runtime, id)
  const card = await slack.until(VOTER.id, (seen) => {
    const found = cardOf(seen, leg.requestId)
    return found && hasButton(found, SLACK_ACTIONS.approve) ? found : null
  })
  await press(leg, VOTER.id, SLACK_ACTIONS.approve)
  const modal = await openForm(leg, VOTER.id)
  const shown = modal['blocks'] as Json[]
  say(indent(drawn(shown)))
  const words = wordsOf(card.blocks)
  leg.expect(words !== '' && wordsOf(shown) === words, 'the modal signs the words of the card')
  say('  code: ······')
  await answerModal(leg, VOTER.id, { code })
}

async function press({ slack, requestId, expect }: Leg, user: string, actionId: string) {
  const card = await slack.until(user, (seen) => {
    const found = cardOf(seen, requestId)
    return found && hasButton(found, actionId) ? found : null
  })
  const block = card.blocks?.find((each) => elementsOf(each).some(isAction(actionId)))
  expect(block !== undefined, `the card has a button ${actionId}`)
  const at = { kind: 'message' as const, channel: card.channel, ts: card.ts }
  await slack.act(user, { act: 'press', at, blockId: String(block?.['block_id']), actionId })
}

/** The modal once it has been read: it opens at once, and empty. */
function openForm({ slack }: Leg, user: string): Promise<Json> {
  return slack.until(user, ({ modal }) => (modal?.view['submit'] ? modal.view : null))
}

async function answerModal(leg: Leg, user: string, values: Record<string, string>): Promise<void> {
  const { slack, say } = leg
  const form = await openForm(leg, user)
  await slack.act(user, { act: 'submit', values })
  const told = await slack.until(user, ({ modal }) => {
    const fault = Object.values(modal?.errors ?? {})[0]
    if (fault) throw new Error(`Slack shows: ${fault}`)
    const title = titleOf(modal?.view)
    return modal && title !== titleOf(form) && title !== WAITING ? modal.view : null
  })
  say(`  [${titleOf(told)}] ${drawn(told['blocks'] as Json[])}`)
  await slack.act(user, { act: 'close' })
}

const WAITING = 'One moment'

function planFields(): Record<string, string> {
  const { steps, owner, estimated_minutes: minutes, previous_version: version } = ROLLBACK_PLAN
  return {
    'rollback_plan.steps': steps.join('\n'),
    'rollback_plan.owner': owner,
    'rollback_plan.estimated_minutes': String(minutes),
    'rollback_plan.previous_version': version,
    'rollback_plan.tested': 'yes',
  }
}

function threadOf({ messages }: Seen, card: ShownMessage): ShownMessage[] {
  return messages.filter(
    ({ ts, threadTs, channel }) =>
      channel === card.channel && threadTs === card.ts && ts !== threadTs,
  )
}

/** The last text that is set as code: a card and the modal for it end in the words that are signed. */
function wordsOf(blocks: Json[] | null): string {
  const found = [...JSON.stringify(blocks).matchAll(/"text":"([a-z ]+)","style":\{"code":true\}/g)]
  return found.at(-1)?.[1] ?? ''
}

function cardOf({ messages }: Seen, requestId: string): ShownMessage | null {
  const isCard = ({ channel, threadTs, blocks }: ShownMessage) =>
    channel === CHANNEL &&
    threadTs === null &&
    (blocks ?? []).some(({ block_id: id }) => String(id).endsWith(`:${requestId}`))
  return messages.find(isCard) ?? null
}

function hasButton({ blocks }: ShownMessage, actionId: string): boolean {
  return (blocks ?? []).some((block) => elementsOf(block).some(isAction(actionId)))
}

function isAction(actionId: string) {
  return (element: Json) => element['action_id'] === actionId
}

function elementsOf(block: Json): Json[] {
  return (block['elements'] ?? []) as Json[]
}

function titleOf(view: Json | undefined): string {
  return String(((view?.['title'] ?? {}) as Json)['text'])
}

/** Blocks as lines of text, buttons in brackets. */
function drawn(blocks: Json[] | null): string {
  return (blocks ?? []).map(line).filter(Boolean).join('\n')
}

function line(block: Json): string {
  if (block['type'] === 'actions')
    return elementsOf(block)
      .map((each) => `[${textIn(each)}]`)
      .join(' ')
  if (block['type'] === 'input') return ''
  return textIn(block)
}

function textIn(node: unknown): string {
  if (Array.isArray(node)) return node.map(textIn).filter(Boolean).join(' ')
  if (typeof node !== 'object' || node === null) return ''
  const { text, type, elements, fields } = node as Json
  if (typeof text === 'string') return type === 'mrkdwn' ? fieldText(text) : text
  if (type === 'rich_text_list')
    return (elements as Json[]).map((item) => `• ${textIn(item)}`).join('\n')
  if (Array.isArray(fields)) return fields.map(textIn).join('\n')
  return type === 'rich_text_section'
    ? (elements as Json[]).map(textIn).join('')
    : textIn(text ?? elements)
}

/** "*Closes*\nTue 17 Mar" */
function fieldText(text: string): string {
  return text.replaceAll('*', '').replaceAll('\n', ': ')
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  | ')
}

function userNamed(name: string) {
  const user = USERS.find((each) => each.name === name)
  if (!user) throw new Error(`The played workspace has no ${name}`)
  return user
}
