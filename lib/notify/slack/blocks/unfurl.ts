import type { MessageAttachment } from '@slack/types'
import { SLACK_LIMITS } from '#lib/wire/slack-budget'
import type { CardView } from '#lib/wire/views-slack'
import { cardText, subjectText } from './card'
import { caption, plain, sentence } from './text'

/** A ticket's address in a conversation, unfolded: no words to sign, nothing a caller wrote, no buttons. */
export function unfurlOf(view: CardView): MessageAttachment {
  return {
    fallback: cardText(view),
    blocks: [
      {
        type: 'header',
        text: plain(`${view.headline}: ${subjectText(view)}`, SLACK_LIMITS.header),
      },
      sentence(view.story, view),
      caption(`${view.requestId} · ${view.callerName}`),
    ],
  }
}
