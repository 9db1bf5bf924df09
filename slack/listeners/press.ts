import type { App, BlockAction, BlockElementAction } from '@slack/bolt'
import type { ModalView as SlackModal } from '@slack/types'
import type { LinkedPerson } from '#lib/auth/slack-identity'
import { retireOrphan } from '#lib/commands/slack/delivery/retire-orphan'
import { failureWords } from '#lib/notify/slack/answer'
import { loadingModal } from '#lib/notify/slack/blocks/modal'
import { refusalMessage, refusedModal } from '#lib/notify/slack/blocks/refusal'
import { linkMessage } from '#lib/notify/slack/blocks/replies'
import type { SlackContent } from '#lib/notify/slack/content'
import { type ButtonValue, buttonValue, type SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import type { ListenerDeps } from './deps'
import { TROUBLE } from './told'
import { identify, type LinkOffer, type Presser, presserOf } from './who'

/** A press of one of our buttons by somebody who is known. */
export interface Press extends Presser {
  person: LinkedPerson
  button: ButtonValue
}

export interface PressKind {
  action: (typeof SLACK_ACTIONS)[keyof typeof SLACK_ACTIONS]
  /** Of the modal, from the first moment on. */
  title: string
}

/**
 * A button that opens a modal. Slack gives three seconds to open one, so it opens before anything is read, and is filled
 * once it was.
 */
export function onPress(
  app: App,
  deps: ListenerDeps,
  { action: actionId, title }: PressKind,
  answer: (press: Press) => Promise<SlackModal>,
): void {
  app.action<BlockAction>(
    { type: 'block_actions', action_id: actionId },
    async ({ ack, body, action }) => {
      await ack()
      const button = buttonOf(action)
      // Not one of ours: ours all carry a value.
      if (!button) return deps.runtime.log.warn({ actionId }, 'a press carried no readable value')
      const opening = deps.slack.openView({
        triggerId: body.trigger_id,
        view: loadingModal(title),
      })
      const { view, link } = await answerFor(deps, { body, button }, answer)
      const opened = await opening
      if (opened.ok) await showView(deps, opened.value.viewId, view)
      const aside = link === null ? null : linkMessage(link)
      await sayAside(deps, body, opened.ok ? aside : (aside ?? refusalMessage(PRESS_AGAIN)))
      await healCopy(deps, { body, button })
    },
  )
}

const PRESS_AGAIN = {
  title: 'Slack did not open the window',
  text: 'Press the button again. Nothing was counted.',
}

/** A copy that no row knows of is pressed at most once. */
async function healCopy(
  { runtime }: ListenerDeps,
  { body, button }: { body: BlockAction; button: ButtonValue },
): Promise<void> {
  const { channel, message } = body
  if (!channel || !message || button.message === null) return
  const copy = { messageId: button.message, channel: channel.id, ts: message.ts }
  await retireOrphan(runtime, copy).catch((error: unknown) => {
    runtime.log.warn({ error }, 'a copy in Slack that nobody keeps stayed as it was')
  })
}

/** What the modal says, and for a Slack user who is nobody here where to say who they are. */
async function answerFor(
  deps: ListenerDeps,
  { body, button }: { body: BlockAction; button: ButtonValue },
  answer: (press: Press) => Promise<SlackModal>,
): Promise<{ view: SlackModal; link: LinkOffer | null }> {
  try {
    const presser = presserOf(body)
    const who = await identify(deps, presser)
    if (!who.isKnown) return { view: refusedModal(who.told), link: who.link }
    return { view: await answer({ ...presser, person: who.person, button }), link: null }
  } catch (error) {
    deps.runtime.log.error({ error }, 'a press in Slack could not be answered')
    return { view: refusedModal(TROUBLE), link: null }
  }
}

/**
 * What a modal shows from now on.
 * @returns false where it does not: it was closed meanwhile, or Slack did not take it
 */
export async function showView(
  { runtime, slack }: ListenerDeps,
  viewId: string,
  view: SlackModal,
): Promise<boolean> {
  const shown = await slack.updateView({ viewId, view })
  if (shown.ok) return true
  runtime.log.info({ answer: failureWords(shown) }, 'a modal in Slack could not be updated')
  return false
}

function buttonOf(action: BlockElementAction): ButtonValue | null {
  if (action.type !== 'button') return null
  const parsed = buttonValue.safeParse(jsonOf(action.value))
  return parsed.success ? parsed.data : null
}

/** undefined for anything that is not JSON. */
export function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

/** Where the button stands, for a message that only this person sees; null in a modal and at home. */
function placeOf({ channel, message }: BlockAction): { channel: string; threadTs?: string } | null {
  if (!channel) return null
  const threadTs: unknown = message?.['thread_ts']
  return typeof threadTs === 'string' && threadTs !== message?.ts
    ? { channel: channel.id, threadTs }
    : { channel: channel.id }
}

/** Beside the button, for this person's eyes alone. */
async function sayAside(
  { slack }: ListenerDeps,
  body: BlockAction,
  content: SlackContent | null,
): Promise<void> {
  const place = placeOf(body)
  if (place && content) await slack.postEphemeral({ ...place, user: body.user.id, content })
}
