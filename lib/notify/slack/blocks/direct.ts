import type { CardView } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { offered } from './approve-modal'
import { fitted } from './budget'
import { cardButtons, ownerButtons } from './buttons'
import { cardBody, cardText, foot, goalBlocks, headBlocks, noteBlocks } from './card'
import { caption, cut, paragraph, said, sentence } from './text'
import { clockOf } from './when'

export type DirectReason = 'asked' | 'confirm' | 'reminder' | 'escalation'

const WHY: Record<DirectReason, string> = {
  asked: 'You can give what is missing.',
  confirm: 'It changed after your vote. Confirm it, and your vote counts for the new words.',
  reminder: 'This still waits for somebody who may approve it, and you may.',
  escalation: 'Nobody who was asked first has answered. You can give what is missing.',
}

/** To one person who can satisfy what is missing. */
export function directMessage(
  view: CardView,
  input: { messageId: string; why: DirectReason },
): SlackContent {
  const why = view.state === 'open' && view.wantsVote ? [paragraph([said(WHY[input.why])])] : []
  return fitted(offered(view), (shown) => ({
    text: cardText(view),
    blocks: [...why, ...cardBody(shown), cardButtons(shown, input.messageId), foot(shown)],
  }))
}

/** To whoever owns the caller: what became of the request. They cannot vote on it. */
export function requesterMessage(view: CardView, input: { messageId: string }): SlackContent {
  const vote = view.state === 'open' ? ' You cannot vote on it.' : ''
  const whose = view.isOwnChange
    ? `You asked for it in the console.${vote}`
    : `Asked by ${cut(view.callerName, 80)}, which you own.${vote}`
  return fitted(view, (shown) => ({
    text: cardText(view),
    blocks: [
      ...headBlocks(shown),
      sentence(shown.story, clockOf(shown)),
      ...noteBlocks(shown),
      ...goalBlocks(shown),
      caption(whose),
      ownerButtons(shown, input.messageId),
      foot(shown),
    ],
  }))
}
