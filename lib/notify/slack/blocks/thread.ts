import { dayOf, timeText } from '#lib/wire/clock'
import type { ThreadEntryView } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { caption, fence, inlines, paragraph, said, spoken } from './text'

/** One thing that happened, in the card's thread. */
export function threadMessage(entry: ThreadEntryView): SlackContent {
  const isToday = dayOf(entry.at, entry.zone) === dayOf(entry.now, entry.zone)
  const at = timeText(entry.at, isToday ? 'seconds' : 'day_seconds', entry)
  return {
    text: `${at} ${spoken(entry.text, entry)}.`,
    blocks: [
      paragraph([said(`${at}  `), ...inlines(entry.text, entry), said('.')]),
      ...(entry.note === null ? [] : [caption(entry.note.lead), fence(entry.note.text, 1_000)]),
    ],
  }
}
