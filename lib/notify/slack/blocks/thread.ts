import { timeText } from '#lib/wire/clock'
import type { ThreadEntryView } from '#lib/wire/views-slack'
import type { SlackContent } from '../content'
import { caption, fence, inlines, paragraph, said, spoken } from './text'

/** One thing that happened, in the card's thread. */
export function threadMessage(entry: ThreadEntryView): SlackContent {
  const at = ` at ${timeText(entry.at, 'seconds', entry)}.`
  return {
    text: `${spoken(entry.text, entry)}${at}`,
    blocks: [
      paragraph([...inlines(entry.text, entry), said(at)]),
      ...(entry.note === null ? [] : [caption(entry.note.lead), fence(entry.note.text, 1_000)]),
    ],
  }
}
