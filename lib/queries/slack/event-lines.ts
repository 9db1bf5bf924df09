import { listed, plainName } from '#lib/core/policy/plain-words'
import type { TicketEventType } from '#lib/core/ticket/events'
import type { Runtime } from '#lib/runtime'
import type { Prose } from '#lib/wire/views/common'
import type { NoteView, ThreadEntryView } from '#lib/wire/views/slack'
import { type EventRecord, loadTicket, type TicketPicture } from '../ticket/load-ticket'
import { entryText } from '../ticket/record-view'
import { noteIn } from './story'

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
    .filter((event) => event.ordinal > afterOrdinal && isTold(event))
    .map((event) => ({
      now: new Date(picture.now).toISOString(),
      zone: picture.zone,
      ordinal: event.ordinal,
      at: event.at.toISOString(),
      text: confirmation(picture, event) ?? entryText(picture, event),
      note: noteOn(picture, event),
    }))
}

/** What people and the runtime did. Refused attempts, and what the machine thought in between, are for the record alone. */
const TOLD: ReadonlySet<string> = new Set<TicketEventType>([
  'vote.cast',
  'vote.withdrawn',
  'evidence.added',
  'evidence.withdrawn',
  'evidence.rejected',
  'evidence.erased',
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

/** One deed is told once: a rejecting vote by the end that it brings, a replaced one by the vote in its place. */
function isTold({ type, body }: EventRecord): boolean {
  if (type === 'vote.cast' && body['choice'] === 'reject') return false
  if (type === 'vote.withdrawn' && body['cause'] === 'replaced') return false
  return TOLD.has(type)
}

/** "Mara Lindqvist confirmed with a code, the rollback plan in view": an approval in the place of their earlier one. */
function confirmation(picture: TicketPicture, event: EventRecord): Prose | null {
  const { actor, ordinal, type, body } = event
  if (type !== 'vote.cast' || body['choice'] !== 'approve') return null
  const before = picture.events.filter((one) => one.ordinal < ordinal)
  const isTheirs = (one: EventRecord) => one.actor.id === actor.id
  const last = before.findLast(
    (one) =>
      isTheirs(one) &&
      (one.type === 'vote.cast' ||
        (one.type === 'vote.withdrawn' && one.body['cause'] !== 'replaced')),
  )
  if (last?.type !== 'vote.cast') return null
  const came = before.filter((one) => one.ordinal > last.ordinal)
  const view = inView(came)
  return [
    `${picture.nameOf(actor.id ?? '')} confirmed${METHODS[String(body['method'])] ?? ''}${view}`,
  ]
}

const METHODS: Record<string, string> = { passkey: ' with a passkey', totp: ' with a code' }

/** What was attached and is still there. */
function inView(came: EventRecord[]): string {
  const gone = new Set(
    came.filter(({ type }) => ENDED_EVIDENCE.has(type)).map(({ body }) => body['evidence_id']),
  )
  const types = came
    .filter(({ type, body }) => type === 'evidence.added' && !gone.has(body['evidence_id']))
    .map(({ body }) => `the ${plainName(String(body['evidence_type']))}`)
  return types.length === 0 ? '' : `, ${listed([...new Set(types)], 'and')} in view`
}

const ENDED_EVIDENCE: ReadonlySet<string> = new Set([
  'evidence.withdrawn',
  'evidence.rejected',
  'evidence.erased',
])

/** What somebody wrote with what they did. Evidence is read in the modal, and a token is told nowhere. */
function noteOn(
  { rows, nameOf }: TicketPicture,
  { type, actor, body }: EventRecord,
): NoteView | null {
  const who = actor.kind === 'person' ? nameOf(actor.id ?? '') : rows.caller.name
  switch (type) {
    case 'request.rejected':
      return noteIn(who, body['note'])
    case 'request.cancelled':
    case 'grant.revoked':
    case 'evidence.rejected':
      return noteIn(who, body['reason'])
    default:
      return null
  }
}
