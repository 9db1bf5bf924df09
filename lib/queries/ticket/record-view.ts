import type { Digest } from '#lib/core/contract/digest'
import { visibleText } from '#lib/core/contract/visible'
import { digestWords } from '#lib/core/contract/words'
import { isId } from '#lib/core/ids'
import { isRefusalCode, refusalEntry } from '#lib/core/refusals'
import type { TicketEventType } from '#lib/core/ticket/events'
import { EVIDENCE_LABELS, isEvidenceType } from '#lib/wire/evidence'
import type { Prose } from '#lib/wire/views/common'
import type { RecordEntryView, RecordView } from '#lib/wire/views/ticket'
import type { EventRecord, TicketPicture } from './load-ticket'
import { REJECT_REASONS } from './reject-reasons'

/** Entries that are told until somebody asks for all that a page ever tells: drawing one costs more than reading it. */
export const NEWEST_TOLD = 30

/** The timeline: the audit entries themselves, told in sentences. */
export function recordView(picture: TicketPicture, isAll: boolean): RecordView {
  const told = isAll ? picture.events : picture.events.slice(-NEWEST_TOLD)
  // A stream counts its entries without a gap.
  const olderCount = Math.max(0, (told[0]?.ordinal ?? 1) - 1)
  return {
    entries: told.map((event) => entryView(picture, event)),
    isSealed: picture.isSealed,
    isWhole: isAll || olderCount === 0,
    olderCount,
  }
}

/** What a person wrote, made safe to look at: “Payroll runs”. Empty where nothing was written. */
export function quoted(text: unknown): string {
  if (typeof text !== 'string') return ''
  const said = text.replace(/[.\s]+$/u, '')
  return said === '' ? '' : `“${visibleText(said)}”`
}

function quotedProse(text: unknown, lead = ''): Prose | null {
  const said = quoted(text)
  return said === '' ? null : [`${lead}${said}`]
}

/** One entry as a sentence without its full stop: "Aiko Mori attached a rollback plan". */
export function entryText(picture: TicketPicture, event: EventRecord): Prose {
  return entryView(picture, event).text
}

type Told = Pick<RecordEntryView, 'text' | 'detail' | 'signal'>
type Teller = (event: EventRecord, names: EntryNames, who: string) => Told

/** What the sentence of an entry is made of beside the entry. */
export type EntryNames = Pick<TicketPicture, 'nameOf' | 'keyName'> & {
  rows: { caller: Pick<TicketPicture['rows']['caller'], 'name' | 'audience'> }
}

/** An entry of a request's stream as the record tells it. */
export function entryView(picture: EntryNames, event: EventRecord): RecordEntryView {
  const isHuman = event.actor.kind === 'person'
  const who = isHuman ? picture.nameOf(event.actor.id ?? '') : picture.rows.caller.name
  const tell = TELLERS[event.type as TicketEventType]
  const told = tell ? tell(event, picture, who) : plain([event.type])
  return { ordinal: Number(event.seq), at: event.at.toISOString(), isHuman, ...told }
}

const TELLERS: Record<TicketEventType, Teller> = {
  'request.submitted': ({ body }, picture, who) => {
    const older = ticketLink(body['supersedes'])
    const detail: Prose = [`Key “${picture.keyName}”`]
    return plain(
      [`${who} submitted the contract`],
      older ? [...detail, '. In the place of ', ...older] : detail,
    )
  },
  'decision.made': ({ body }) => {
    const verdict = String(body['verdict'])
    const detail = `Decision ${body['ordinal']}, ${issueCount(body)}`
    const signal = { ALLOW: 'go', DENY: 'stop' }[verdict] ?? 'hold'
    return { text: [`Policy decided ${verdict}`], detail: [detail], signal: signal as 'hold' }
  },
  'ticket.opened': () => ({ text: ['The ticket opened'], detail: null, signal: 'hold' }),
  'request.released': ({ body }) => ({
    text: ['Nothing is missing. Released, grant ready'],
    detail: [`Decision ${body['decision']}, ALLOW`],
    signal: 'go',
  }),
  'request.rejected': ({ body }, _, who) => ({
    text: [`Rejected by ${who}. Nothing will run`],
    detail: rejectDetail(body),
    signal: 'stop',
  }),
  'request.denied': () => ({
    text: ['Denied by policy. Nothing will run'],
    detail: null,
    signal: 'stop',
  }),
  'request.expired': () => plain(['Expired, nobody answered in time. Nothing ran']),
  'request.cancelled': ({ actor, body }, _, who) =>
    plain([`Cancelled by ${who}. Nothing ran`], cancelDetail(actor.kind, body['reason'])),
  'request.superseded': ({ body }) =>
    plain(['Superseded by a newer request. Nothing ran'], ticketLink(body['superseded_by'])),
  'vote.cast': ({ body }, _, who) => ({
    text: [
      `${who} ${body['choice'] === 'approve' ? 'approved' : 'rejected'}${methodWords(body['method'])}`,
    ],
    detail: [{ kind: 'code', text: digestWords(body['review_digest'] as Digest).join(' ') }],
    signal: body['choice'] === 'reject' ? 'stop' : null,
  }),
  'vote.withdrawn': ({ body }, _, who) =>
    plain([
      body['cause'] === 'replaced'
        ? `${who}’s earlier vote was replaced`
        : `${who} withdrew their vote`,
    ]),
  'vote.refused': ({ body }, _, who) => ({
    text: [
      `${who} tried to ${body['choice'] === 'approve' ? 'approve' : 'reject'} and was refused`,
    ],
    detail: [refusalTitle(body['code'])],
    signal: 'stop',
  }),
  'evidence.added': ({ body }, _, who) =>
    plain([`${who} attached ${article(body['evidence_type'])}`]),
  'evidence.withdrawn': (_, __, who) => plain([`${who} withdrew evidence`]),
  'evidence.rejected': ({ body }, _, who) => ({
    text: [`${who} rejected evidence`],
    detail: quotedProse(body['reason']),
    signal: 'hold',
  }),
  'evidence.erased': ({ body }) =>
    plain(
      ['What an item of evidence said was erased. Its hash stays'],
      [`“${String(body['reason'])}”`],
    ),
  'grant.created': ({ body }) =>
    plain(
      ['A grant for one run'],
      ['Good until ', { kind: 'time', at: String(body['ends_at']), form: 'day' }],
    ),
  'grant.collected': ({ body }, picture) => ({
    text: [`${picture.rows.caller.audience} collected the allow token`],
    detail: [
      'Good until ',
      { kind: 'time', at: String(body['token_expires_at']), form: 'seconds' },
    ],
    signal: 'go',
  }),
  'grant.redeemed': (_, picture) => ({
    text: [`${picture.rows.caller.audience} redeemed the grant`],
    detail: ['Checked again, once. It may run'],
    signal: 'go',
  }),
  'grant.reported': ({ body }, picture) => ({
    text: [
      `${picture.rows.caller.audience} reported: ${String(body['outcome']).replace('_', ' ')}`,
    ],
    detail: null,
    signal: body['outcome'] === 'succeeded' ? 'go' : 'hold',
  }),
  'grant.lapsed': () => plain(['The grant lapsed. Nothing ran']),
  'grant.revoked': ({ actor, body }, _, who) => {
    const isHuman = actor.kind === 'person'
    const text = isHuman ? `${who} revoked the grant` : 'The grant was revoked'
    const detail = quotedProse(body['reason']) ?? ticketLink(body['superseded_by'])
    return plain([`${text}. Nothing ran`], detail)
  },
  'grant.burnt': ({ body }) => ({
    text: ['Redeem was refused and the grant is burnt. Nothing ran'],
    detail: [refusalTitle(body['code'])],
    signal: 'stop',
  }),
  'redeem.refused': ({ body }) => ({
    text: ['Redeem was refused'],
    detail: [refusalTitle(body['code'])],
    signal: 'stop',
  }),
}

/** Types of entries of requests' streams. */
export const REQUEST_TYPES: readonly string[] = Object.keys(TELLERS)

function rejectDetail(body: EventRecord['body']): Prose | null {
  const label = REJECT_REASONS[body['reason'] as keyof typeof REJECT_REASONS]
  const parts = [label, quoted(body['note'])].filter(Boolean)
  return parts.length === 0 ? null : [parts.join(': ')]
}

/** A person's words are quoted; a caller's are set as what they are. */
function cancelDetail(kind: string, reason: unknown): Prose | null {
  if (kind === 'person' || typeof reason !== 'string' || reason === '') return quotedProse(reason)
  return [{ kind: 'tag', tag: 'claims' }, ' ', { kind: 'claim', text: reason }]
}

function ticketLink(id: unknown): Prose | null {
  return typeof id === 'string' && isId('req', id)
    ? [{ kind: 'link', text: id, href: `/tickets/${id}` }]
    : null
}

function plain(text: Prose, detail: Prose | null = null): Told {
  return { text, detail, signal: null }
}

function issueCount(body: EventRecord['body']): string {
  const issues = Array.isArray(body['issues']) ? body['issues'].length : 0
  return issues === 1 ? '1 issue' : `${issues} issues`
}

function methodWords(method: unknown): string {
  if (method === 'passkey') return ' with a passkey'
  return method === 'totp' ? ' with a code' : ''
}

function refusalTitle(code: unknown): string {
  return typeof code === 'string' && isRefusalCode(code) ? refusalEntry(code).title : String(code)
}

function article(type: unknown): string {
  if (type === 'attachment') return 'a file'
  const label =
    typeof type === 'string' && isEvidenceType(type) ? EVIDENCE_LABELS[type] : 'evidence'
  return /^[aeiou]/i.test(label) ? `an ${label.toLowerCase()}` : `a ${label.toLowerCase()}`
}
