import type { MessageAttachment } from '@slack/types'
import type { CardView } from '#lib/wire/views/slack'
import { cardText, headBlocks } from './card'
import { caption, cut, sentence } from './text'
import { clockOf } from './when'

/** A ticket's address in a conversation, unfolded: no words to sign, nothing a caller wrote, no buttons. */
export function unfurlOf(view: CardView): MessageAttachment {
  return {
    fallback: cardText(view),
    blocks: [
      ...headBlocks(view),
      sentence(view.story, clockOf(view)),
      caption(`${view.requestId} · for ${cut(view.callerName, 80)}`),
    ],
  }
}
