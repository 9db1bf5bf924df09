import type { ActionsBlock, Button } from '@slack/types'
import { SLACK_LIMITS } from '#lib/wire/slack/budget'
import { SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import type { CardView } from '#lib/wire/views/slack'
import { contractText } from './contract-text'
import { plain } from './text'

/** Of the form of `ButtonValue`. */
interface Carried {
  request: string
  review: string | null
  message: string | null
}

type Press = Exclude<keyof typeof SLACK_ACTIONS, 'open' | 'openEvidence' | 'evidenceType'>

export function button(press: Press, label: string, value: Carried): Button {
  return {
    type: 'button',
    action_id: SLACK_ACTIONS[press],
    text: plain(label, SLACK_LIMITS.buttonText),
    value: JSON.stringify(value),
  }
}

/** Only opens a page. */
export function openButton(
  label: string,
  url: string,
  press: 'open' | 'openEvidence' = 'open',
): Button {
  return {
    type: 'button',
    action_id: SLACK_ACTIONS[press],
    text: plain(label, SLACK_LIMITS.buttonText),
    url,
  }
}

/** The buttons of a card as it stands. The id of the message starts the block's, so that a message is found by it. */
export function cardButtons(view: CardView, messageId: string | null): ActionsBlock {
  const value = carried(view, messageId)
  const details = button('details', 'Details', value)
  const evidence = evidenceButton(view, value)
  // As long as it is open it can be stopped, also when no vote is missing.
  const reject = view.state === 'open' ? [button('reject', 'Reject', value)] : []
  const isVoted = view.state === 'open' && view.wantsVote
  return {
    type: 'actions',
    block_id: blockId(view, messageId),
    elements: isVoted
      ? [approveButton(view, value), ...reject, details, ...evidence]
      : [...evidence, ...reject, details],
  }
}

/** The buttons of whoever cannot vote on it. */
export function ownerButtons(view: CardView, messageId: string): ActionsBlock {
  const value = carried(view, messageId)
  const elements = [...evidenceButton(view, value), button('details', 'Details', value)]
  return { type: 'actions', block_id: blockId(view, messageId), elements }
}

function blockId({ requestId }: CardView, messageId: string | null): string {
  return `${messageId ?? 'home'}:${requestId}`
}

function carried(view: CardView, messageId: string | null): Carried {
  return { request: view.requestId, review: view.review?.digest ?? null, message: messageId }
}

/** Nothing is voted on in Slack that Slack does not show whole. */
function approveButton(view: CardView, value: Carried): Button {
  const { isWhole } = contractText(view)
  if (view.offer === 'console' || !isWhole) return openButton('Open to approve', view.ticketUrl)
  return button('approve', view.offer === 'code' ? 'Approve' : 'Open to approve', value)
}

function evidenceButton(view: CardView, value: Carried): Button[] {
  if (view.state !== 'open' || view.evidenceIn === null) return []
  if (view.evidenceIn === 'slack') return [button('addEvidence', 'Add evidence', value)]
  return [openButton('Add evidence', view.ticketUrl, 'openEvidence')]
}
