import type { CardView } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { cardBody, cardText, foot } from './card'
import { caption } from './text'

/** A card while somebody's click on it is worked on: without buttons, and saying whose. */
export function busyMessage(view: CardView, { name }: { name: string }): SlackContent {
  const now = caption(`${name} is answering. What comes of it is shown here in a moment.`)
  return { text: cardText(view), blocks: [...cardBody(view), now, foot(view)] }
}
