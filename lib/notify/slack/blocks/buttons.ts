import type { ActionsBlock, Button } from '@slack/types'
import { SLACK_ACTIONS } from '#lib/wire/slack'
import { SLACK_LIMITS } from '#lib/wire/slack-budget'
import type { CardView } from '#lib/wire/views-slack'
import { plain } from './text'

/** Of the form of `ButtonValue`. */
interface Carried {
  request: string
  review: string | null
  message: string | null
}

type Press = Exclude<keyof typeof SLACK_ACTIONS, 'open' | 'evidenceType'>

export function button(press: Press, label: string, value: Carried): Button {
  return {
    type: 'button',
    action_id: SLACK_ACTIONS[press],
    text: plain(label, SLACK_LIMITS.buttonText),
    value: JSON.stringify(value),
  }
}

export function openButton(label: string, url: string): Button {
  return {
    type: 'button',
    action_id: SLACK_ACTIONS.open,
    text: plain(label, SLACK_LIMITS.buttonText),
    url,
  }
}

/** The buttons of a card as it stands. The id of the message starts the block's, so that a message is found by it. */
export function cardButtons(view: CardView, messageId: string | null): ActionsBlock {
  const value = {
    request: view.requestId,
    review: view.review?.digest ?? null,
    message: messageId,
  }
  const details = button('details', 'Details', value)
  const elements =
    view.state === 'open'
      ? [
          approveButton(view, value),
          button('reject', 'Reject', value),
          details,
          ...(view.canAddEvidence ? [button('addEvidence', 'Add evidence', value)] : []),
        ]
      : [details]
  return { type: 'actions', block_id: `${messageId ?? 'home'}:${view.requestId}`, elements }
}

function approveButton(view: CardView, value: Carried): Button {
  if (view.offer === 'console') return openButton('Open to approve', view.ticketUrl)
  return button('approve', view.offer === 'code' ? 'Approve' : 'Open to approve', value)
}
