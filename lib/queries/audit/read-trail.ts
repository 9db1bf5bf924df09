import type { Json } from '#lib/core/contract/json'
import { type Db, FOR_ITS_VALUES } from '#lib/db/client'
import type { AuditFilter, AuditPlace } from '#lib/wire/audit'

/** Entries that are looked at for one page, where what is asked for has no index of its own: the history behind has no end. */
export const MOST_LOOKED_AT = 5_000

/** A filter with its person found and its days as instants (epoch ms). */
export interface TrailFilter extends Pick<AuditFilter, 'kind' | 'type' | 'text'> {
  personId: string | null
  requestId: string | null
  fromAt: number | null
  /** The first instant that is no longer part of it. */
  endAt: number | null
}

export interface TrailRow {
  seq: bigint
  stream: string
  ordinal: number
  type: string
  at: Date
  actor: { kind: 'person' | 'caller' | 'system'; id?: string }
  body: Record<string, Json>
  prev: string
  hash: string
  leaf: bigint | null
}

export interface TrailPage {
  rows: TrailRow[]
  /** Behind which the next page begins; null: this was the last. */
  next: AuditPlace | null
  /** Looking ended there, before the page was full. */
  isCutOff: boolean
}

/**
 * What every request writes: dense among the newest entries, so that no index of types holds it.
 * The same list stands in the migration that made the index of the other types.
 */
const COMMON_TYPES = [
  'request.submitted',
  'decision.made',
  'ticket.opened',
  'request.released',
  'vote.cast',
  'evidence.added',
  'grant.created',
  'grant.collected',
  'grant.redeemed',
  'grant.reported',
]
const IS_RARE = `e.type NOT IN (${COMMON_TYPES.map((type) => `'${type}'`).join(', ')})`
const KIND = `split_part(e.stream, ':', 1)`

/**
 * Entries newest first, by time and then by number. One index walks towards the past and at most MOST_LOOKED_AT entries of it are
 * looked at; whoever asks goes on from where it ended.
 */
export async function readTrail(
  db: Pick<Db, '$queryRawUnsafe'>,
  filter: TrailFilter,
  { after, limit }: { after: AuditPlace | null; limit: number },
): Promise<TrailPage> {
  const asked = new Values()
  const walk = walkOf(filter, after, asked)
  const rest = restOf(filter, asked)
  const looked = rest.length === 0 ? limit + 1 : MOST_LOOKED_AT
  const rows = await db.$queryRawUnsafe<TrailRow[]>(
    `${FOR_ITS_VALUES}SELECT e.seq, e.stream, e.ordinal, e.type, e.at, e.actor, e.body, e.prev, e.hash, l.index AS leaf
     FROM (${walk} LIMIT ${looked}) w
     JOIN LATERAL (SELECT * FROM events WHERE seq = w.seq OFFSET 0) e ON true
     LEFT JOIN LATERAL (SELECT index FROM log_leaves WHERE event_seq = w.seq OFFSET 0) l ON true
     ${rest.length === 0 ? '' : `WHERE ${rest.join(' AND ')}`}
     ORDER BY w.at DESC, w.seq DESC LIMIT ${limit + 1}`,
    ...asked.all,
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  if (rows.length > limit && last) return { rows: shown, next: placeOf(last), isCutOff: false }
  const end = rest.length === 0 ? null : await endOfWalk(db, filter, after)
  return { rows: shown, next: end, isCutOff: end !== null }
}

/** Where looking ended; null: nothing is behind. */
async function endOfWalk(
  db: Pick<Db, '$queryRawUnsafe'>,
  filter: TrailFilter,
  after: AuditPlace | null,
): Promise<AuditPlace | null> {
  const asked = new Values()
  const walk = walkOf(filter, after, asked)
  const [last] = await db.$queryRawUnsafe<AuditPlace[]>(
    `${FOR_ITS_VALUES}SELECT w.at, w.seq FROM (${walk} LIMIT ${MOST_LOOKED_AT}) w OFFSET ${MOST_LOOKED_AT - 1} LIMIT 1`,
    ...asked.all,
  )
  return last ? placeOf(last) : null
}

function placeOf({ at, seq }: AuditPlace): AuditPlace {
  return { at, seq }
}

/** The parameters of one statement. */
class Values {
  readonly all: (string | null)[] = []

  add(value: string, type: 'text' | 'timestamptz' | 'bigint' = 'text'): string {
    this.all.push(value)
    return type === 'text' ? `$${this.all.length}::text` : `$${this.all.length}::text::${type}`
  }
}

/** What the walk is by; the rest of a filter is looked at in each entry. */
type Way =
  | { by: 'leaf' | 'request' | 'person' | 'type' | 'kind'; value: string }
  | { by: 'all'; value: null }

function wayOf({ kind, type, text, personId, requestId }: TrailFilter): Way {
  const leaf = leafOf(text)
  if (leaf !== null) return { by: 'leaf', value: leaf }
  if (requestId !== null) return { by: 'request', value: requestId }
  if (personId !== null) return { by: 'person', value: personId }
  if (type !== null && !COMMON_TYPES.includes(type)) return { by: 'type', value: type }
  if (kind !== null && kind !== 'request') return { by: 'kind', value: kind }
  return { by: 'all', value: null }
}

/** SQL of entries' places (at, seq), newest first, in the order of one index; without its LIMIT. */
function walkOf(filter: TrailFilter, after: AuditPlace | null, asked: Values): string {
  const span = spanSql(filter, after, asked)
  const newest = 'ORDER BY e.at DESC, e.seq DESC'
  const walk = (where: string, from = 'events e') =>
    `SELECT e.at, e.seq FROM ${from} WHERE ${where} AND ${span} ${newest}`
  // A stream is read whole: by its own index, whatever the planner thinks of how long it is.
  const ofStream = (name: string) =>
    walk('true', `(SELECT at, seq FROM events WHERE stream = ${asked.add(name)} OFFSET 0) e`)
  const { by, value } = wayOf(filter)
  switch (by) {
    case 'leaf':
      return walk(
        'true',
        `(SELECT v.at, v.seq FROM log_leaves l JOIN events v ON v.seq = l.event_seq
          WHERE l.index = ${asked.add(value, 'bigint')} OFFSET 0) e`,
      )
    case 'request':
      return ofStream(`request:${value}`)
    case 'person': {
      const did = walk(`e.actor ->> 'kind' = 'person' AND e.actor ->> 'id' = ${asked.add(value)}`)
      const branches = [did, ofStream(`person:${value}`)]
      const both = branches.map((one) => `(${one} LIMIT ${MOST_LOOKED_AT})`).join(' UNION ')
      return `SELECT e.at, e.seq FROM (${both}) e ${newest}`
    }
    // Written out, not as parameters: the index is of these values alone. Both are of closed forms.
    case 'type':
      return walk(`e.type = '${value}' AND ${IS_RARE}`)
    case 'kind':
      return walk(`${KIND} = '${value}' AND ${KIND} <> 'request'`)
    case 'all':
      return walk('true')
  }
}

function spanSql({ fromAt, endAt }: TrailFilter, after: AuditPlace | null, asked: Values): string {
  const from = fromAt === null ? '-infinity' : new Date(fromAt).toISOString()
  const isBefore = after !== null && (endAt === null || after.at.getTime() < endAt)
  const end = isBefore ? after.at.getTime() : endAt
  const at = asked.add(end === null ? 'infinity' : new Date(end).toISOString(), 'timestamptz')
  const seq = asked.add(isBefore ? String(after.seq) : '0', 'bigint')
  return `(e.at, e.seq) < (${at}, ${seq}) AND e.at >= ${asked.add(from, 'timestamptz')}`
}

/** What the walk is not by. */
function restOf(filter: TrailFilter, asked: Values): string[] {
  const { kind, type, text, personId, requestId } = filter
  const { by } = wayOf(filter)
  const rest: string[] = []
  if (requestId !== null && by !== 'request') {
    rest.push(`e.stream = ${asked.add(`request:${requestId}`)}`)
  }
  if (personId !== null && by !== 'person') {
    const [id, own] = [asked.add(personId), asked.add(`person:${personId}`)]
    rest.push(`(e.stream = ${own} OR e.actor ->> 'kind' = 'person' AND e.actor ->> 'id' = ${id})`)
  }
  if (type !== null && by !== 'type') rest.push(`e.type = ${asked.add(type)}`)
  if (kind !== null && by !== 'kind') rest.push(`${KIND} = ${asked.add(kind)}`)
  if (text !== '' && by !== 'leaf') rest.push(textSql(text, asked))
  return rest
}

/** A hash by its start, or what stands in the type, the stream, the actor or the body. */
function textSql(text: string, asked: Values): string {
  const hash = /^(?:sha-256:)?([0-9a-f]{8,64})$/.exec(text)?.[1]
  if (hash !== undefined) return `starts_with(e.hash, ${asked.add(`sha-256:${hash}`)})`
  const part = asked.add(`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`)
  return `(e.type ILIKE ${part} OR e.stream ILIKE ${part} OR e.actor ->> 'id' ILIKE ${part} OR e.body::text ILIKE ${part})`
}

/** `#38` or `38`: the leaf of that number. */
function leafOf(text: string): string | null {
  return /^#?(\d{1,15})$/.exec(text)?.[1] ?? null
}
