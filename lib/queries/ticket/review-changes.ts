import type { Prose } from '#lib/wire/views/common'
import type { ReviewChangesView } from '#lib/wire/views/vote'
import type { EventRecord, TicketPicture } from './load-ticket'
import { entryText } from './record-view'

const CHANGES = new Set([
  'evidence.added',
  'evidence.withdrawn',
  'evidence.rejected',
  'evidence.erased',
  'vote.cast',
  'vote.withdrawn',
])

/** What people did to the review. Time and policy change it too; an open page then only knows that it is another one. */
export function reviewChanges(picture: TicketPicture): ReviewChangesView {
  const changes = picture.events.filter(isReviewChange)
  const last = changes.at(-1)
  return {
    count: changes.length,
    isLastByViewer: last?.actor.kind === 'person' && last.actor.id === picture.viewerId,
    last: last ? changeWords(picture, last) : null,
  }
}

/** "Aiko Mori attached a rollback plan at 11:20:44." */
export function changeWords(picture: TicketPicture, event: EventRecord): Prose {
  const at = { kind: 'time', at: event.at.toISOString(), form: 'seconds' } as const
  return [...entryText(picture, event), ' at ', at, '.']
}

/** A vote that another one replaces is one change, told by the new vote. */
export function isReviewChange({ type, body }: EventRecord): boolean {
  return CHANGES.has(type) && body['cause'] !== 'replaced'
}
