import type { CardView } from '#lib/wire/views-slack'
import type { SlackContent } from '../content'
import { cardButtons } from './buttons'
import { cardBody, cardText, foot } from './card'
import { paragraph, said, sentence } from './text'

export type DirectReason = 'asked' | 'confirm' | 'reminder' | 'escalation'

const WHY: Record<DirectReason, string> = {
  asked: 'You can give what is missing.',
  confirm: 'It changed after your vote. Confirm it, and your vote counts for the new words.',
  reminder: 'This still waits for somebody like you.',
  escalation: 'Nobody who was asked first has answered. You can give what is missing.',
}

/** To one person who can satisfy what is missing. */
export function directMessage(
  view: CardView,
  input: { messageId: string; why: DirectReason },
): SlackContent {
  const why = view.state === 'open' ? [paragraph([said(WHY[input.why])])] : []
  return {
    text: cardText(view),
    blocks: [...why, ...cardBody(view), cardButtons(view, input.messageId), foot(view)],
  }
}

/** To whoever owns the caller: what became of the request. They cannot vote on it. */
export function requesterMessage(view: CardView, input: { messageId: string }): SlackContent {
  const [head] = cardBody(view)
  const buttons = cardButtons({ ...view, state: 'released' }, input.messageId)
  const blocks = [sentence(view.story, view), buttons, foot(view)]
  return { text: cardText(view), blocks: head ? [head, ...blocks] : blocks }
}
