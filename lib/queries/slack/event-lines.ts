import type { TicketEventType } from '#lib/core/ticket/events'
import type { Runtime } from '#lib/runtime'
import type { ThreadEntryView } from '#lib/wire/views-slack'
import { loadTicket, type TicketPicture } from '../ticket/load-ticket'
import { entryText } from '../ticket/record-view'

/** What is told in the thread. Refused attempts and what only the machine did between are not. */
const TOLD: ReadonlySet<string> = new Set<TicketEventType>([
  'vote.cast',
  'vote.withdrawn',
  'evidence.added',
  'evidence.withdrawn',
  'evidence.rejected',
  'request.released',
  'request.rejected',
  'request.denied',
  'request.expired',
  'request.cancelled',
  'request.superseded',
  'grant.collected',
  'grant.redeemed',
  'grant.reported',
  'grant.lapsed',
  'grant.revoked',
  'grant.burnt',
])

/** What happened to a request after an ordinal of its stream, oldest first, as told in the card's thread. */
export async function eventLines(
  runtime: Runtime,
  input: { requestId: string; afterOrdinal: number },
): Promise<ThreadEntryView[]> {
  const picture = await loadTicket(runtime, input.requestId, null)
  return picture ? eventLinesOf(picture, input.afterOrdinal) : []
}

export function eventLinesOf(picture: TicketPicture, afterOrdinal: number): ThreadEntryView[] {
  return picture.events
    .filter(({ ordinal, type }) => ordinal > afterOrdinal && TOLD.has(type))
    .map((event) => ({
      now: new Date(picture.now).toISOString(),
      zone: picture.zone,
      ordinal: event.ordinal,
      at: event.at.toISOString(),
      text: entryText(picture, event),
      note: null,
    }))
}
