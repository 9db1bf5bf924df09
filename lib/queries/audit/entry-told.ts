import { isId } from '#lib/core/ids'
import type { AuditRowView } from '#lib/wire/views/audit'
import type { Prose } from '#lib/wire/views/common'
import { entryView } from '../ticket/record-view'
import { eventWords } from './event-words'
import type { TrailRow } from './read-trail'
import type { TrailNames } from './trail-names'

const ITSELF = 'Countersign'

export interface EntryTold {
  who: AuditRowView['who']
  /** A sentence without its full stop. */
  text: Prose
  detail: Prose | null
}

/** Who did what: of a request as its own record tells it. */
export function entryTold(row: TrailRow, names: TrailNames): EntryTold {
  const who = whoOf(row, names)
  const [kind = '', id = ''] = split(row.stream)
  const request = kind === 'request' ? names.request(id) : null
  if (request !== null) {
    const { caller, keyName } = request
    const { text, detail } = entryView({ nameOf: names.person, keyName, rows: { caller } }, row)
    return { who, text, detail }
  }
  const told = {
    who: who?.name ?? ITSELF,
    whom: whomOf(kind, id, names),
    isOwn: row.actor.kind === 'person' && row.actor.id === id,
    body: row.body,
    nameOf: names.person,
  }
  return { who, text: [eventWords(row.type, told)], detail: ticketOf(row) }
}

export function streamView(stream: string, names: TrailNames): AuditRowView['stream'] {
  const [kind = '', id = ''] = split(stream)
  if (kind === 'request') return { name: stream, label: 'Ticket', href: `/tickets/${id}` }
  if (kind === 'person') {
    return {
      name: stream,
      label: names.person(id),
      href: `/audit?person=${encodeURIComponent(id)}`,
    }
  }
  if (kind === 'caller') return { name: stream, label: whomOf(kind, id, names), href: null }
  return { name: stream, label: kind === 'policy' ? `Policy ${id}` : 'Installation', href: null }
}

/** Sentences as plain text: for files. */
export function plainText(prose: Prose): string {
  return prose
    .map((run) => {
      if (typeof run === 'string') return run
      if (run.kind === 'time') return run.at
      return 'text' in run ? run.text : run.tag
    })
    .join('')
}

function whoOf({ actor }: TrailRow, names: TrailNames): AuditRowView['who'] {
  const { kind, id = '' } = actor
  if (kind === 'person') return { kind, name: names.person(id) }
  return kind === 'caller' ? { kind, name: names.caller(id)?.name ?? id } : null
}

function whomOf(kind: string, id: string, names: TrailNames): string {
  if (kind === 'person') return names.person(id)
  return kind === 'caller' ? (names.caller(id)?.name ?? id) : id
}

/** The ticket by which a change was approved, or that the entry is about. */
function ticketOf({ body }: TrailRow): Prose | null {
  const id = [body['request'], body['request_id']].find(
    (value): value is string => typeof value === 'string' && isId('req', value),
  )
  return id === undefined ? null : [{ kind: 'link', text: id, href: `/tickets/${id}` }]
}

function split(stream: string): [kind: string, id: string] {
  const colon = stream.indexOf(':')
  return colon < 0 ? [stream, ''] : [stream.slice(0, colon), stream.slice(colon + 1)]
}
