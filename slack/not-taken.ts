import type { Log } from '#lib/log'
import type { SlackContent } from '#lib/notify/slack/content'
import type { SlackApi } from '#lib/notify/slack/web-api'
import { type Body, responseUrlOf, senderOf } from './delivery'

export type NotTakenReason = keyof typeof WORDS

/** Thrown out of a listener by `ack()`: the delivery was answered, and nothing is done for it. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
  readonly reason: NotTakenReason

  constructor(reason: NotTakenReason) {
    super(`A delivery from Slack was not taken in: ${reason}`)
    this.reason = reason
  }
}

/** What whoever caused it is told; null: nobody is there to tell, or it was told before. */
const WORDS = {
  replayed: null,
  other_workspace: null,
  database:
    'Countersign cannot reach its database at the moment. Nothing was counted: try again in a minute.',
  unknown_user:
    'Slack could not say who you are. Nothing was counted: try again in a minute, or use the console.',
  stranger:
    'You are here through Slack Connect, from another organisation. Only members of this workspace can act on requests.',
  guest: 'You are a guest here. Only full members of this workspace can act on requests.',
  bot: 'Bots and apps cannot act on requests. Only people can.',
} as const satisfies Record<string, string | null>
const FAILED =
  'Something went wrong in Countersign. If the request does not show what you did, nothing was counted: try again, or use the console.'

/** Tells whoever clicked why nothing happened. */
export async function tellNotTaken(
  { slack, log }: { slack: SlackApi; log: Log },
  body: Body,
  error: unknown,
): Promise<void> {
  const notTaken = notTakenOf(error)
  if (notTaken) log.info({ reason: notTaken.reason }, 'a delivery from Slack was not taken in')
  else log.error({ error }, 'work on a delivery from Slack failed')
  const words = notTaken ? WORDS[notTaken.reason] : FAILED
  if (words !== null) await tell(slack, body, words)
}

/** Bolt wraps what a listener threw. */
function notTakenOf(error: unknown): NotTaken | null {
  if (error instanceof NotTaken) return error
  if (!(error instanceof Error)) return null
  if ('original' in error) return notTakenOf(error.original)
  if ('originals' in error && Array.isArray(error.originals)) {
    return error.originals.map(notTakenOf).find((each) => each !== null) ?? null
  }
  return null
}

async function tell(slack: SlackApi, body: Body, words: string): Promise<void> {
  const content: SlackContent = {
    text: words,
    blocks: [{ type: 'section', text: { type: 'plain_text', text: words, emoji: false } }],
  }
  const responseUrl = responseUrlOf(body)
  if (responseUrl !== null) {
    await slack.respond({ responseUrl, content, replaceOriginal: false })
    return
  }
  const viewId = openModalOf(body)
  if (viewId !== null) {
    const title = { type: 'plain_text', text: 'Nothing was counted' } as const
    const view = { type: 'modal', title, blocks: content.blocks } as const
    await slack.updateView({ viewId, view })
    return
  }
  const userId = senderOf(body)?.userId
  if (userId && isHome(body)) {
    await slack.publishHome({ userId, view: { type: 'home', blocks: content.blocks } })
  }
}

function openModalOf({ view }: Body): string | null {
  if (typeof view !== 'object' || view === null || !('type' in view) || !('id' in view)) return null
  return view.type === 'modal' && typeof view.id === 'string' ? view.id : null
}

function isHome({ view, event }: Body): boolean {
  const typeOf = (value: unknown) =>
    typeof value === 'object' && value !== null && 'type' in value ? value.type : null
  return typeOf(view) === 'home' || typeOf(event) === 'app_home_opened'
}
