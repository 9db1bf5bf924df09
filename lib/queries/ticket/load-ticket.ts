import { confirmedFactors } from '#lib/auth/factors'
import type { Json } from '#lib/core/contract/json'
import type { Evaluation } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import { type Picture, readHeld } from '../read-held'
import { toldRows } from './own-change'

/** Longest record a page shows, the newest of it; the audit export has all. */
const MOST_ENTRIES = 500

export interface HowMuch {
  /** So many of the newest entries, and of the older ones those alone that other parts of a page speak of; null: all. */
  newestEntries: number | null
}

/** Everything the ticket page is drawn from, read once. */
export interface TicketPicture extends Picture {
  viewerId: string | null
  organisation: string
  zone: string
  /** As of min(now, deadline) while open; as it was decided for what has ended, whatever changed in the directory since. */
  evaluation: Evaluation
  hashed: string
  keyName: string
  /** The key that redeemed the grant, by its name and what a person sees of it. */
  redeemKey: { name: string; hint: string } | null
  decidedAt: Date
  /** Live and ended ones. */
  allVotes: VoteRecord[]
  bodies: EvidenceRecord[]
  events: EventRecord[]
  isSealed: boolean
  /** Slack has a message about this very request for those who may vote. */
  isInSlack: boolean
  /** Names of everybody whom anything on the page mentions. */
  nameOf: (personId: string) => string
  /** Second factors of the viewer that may vote here. */
  viewerMethods: ('passkey' | 'totp')[]
}

export interface VoteRecord {
  id: string
  personId: string
  choice: string
  method: string
  channel: string
  reviewDigest: string
  at: Date
  endedAt: Date | null
  endReason: string | null
}

export interface EvidenceRecord {
  id: string
  type: string
  body: Json
  sha256: string
  authorKind: string
  authorId: string
  channel: string
  at: Date
  state: string
  endedAt: Date | null
  endedBy: string | null
  endReason: string | null
}

export interface EventRecord {
  seq: bigint
  ordinal: number
  type: string
  at: Date
  actor: { kind: string; id?: string }
  body: Record<string, Json>
}

/** @returns null when there is no such request */
export async function loadTicket(
  runtime: Runtime,
  requestId: string,
  viewerId: string | null,
  { newestEntries }: HowMuch = { newestEntries: null },
): Promise<TicketPicture | null> {
  const { db } = runtime
  const picture = await readHeld(runtime, db, { requestId, actingPersonId: viewerId })
  if (!picture) return null
  const [allVotes, bodies, events, factors] = await Promise.all([
    db.vote.findMany({ where: { requestId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] }),
    db.evidence.findMany({ where: { requestId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] }),
    readEvents(db, requestId, newestEntries ?? MOST_ENTRIES),
    viewerId === null ? [] : confirmedFactors(db, viewerId),
  ])
  const openedAt = picture.ticket.openedAt ?? 0
  const usable = factors.filter(({ confirmedAt }) => (confirmedAt ?? openedAt) < openedAt)
  const keyId = picture.rows.request.key_id
  const redeemKeyId = picture.ticket.grant?.redeemedByKeyId ?? ''
  const { decidedAt, isSealed, isInSlack, names, keys } = await readAround(db, {
    requestId,
    lastSeq: events.at(-1)?.seq ?? null,
    personIds: mentioned(picture, events),
    keyIds: [keyId, redeemKeyId],
  })
  const nameOf = (personId: string) => names[personId] ?? 'Somebody who is gone'
  return {
    ...picture,
    rows: toldRows(picture.rows, nameOf),
    viewerId,
    organisation: runtime.installation.name,
    zone: runtime.config.timeZone,
    evaluation: evaluationOf(picture),
    hashed: picture.rows.request.hashed,
    keyName: keys[keyId]?.name ?? '',
    redeemKey: keys[redeemKeyId] ?? null,
    decidedAt: decidedAt ?? new Date(picture.ticket.submittedAt),
    allVotes,
    bodies: bodies as EvidenceRecord[],
    events,
    isSealed,
    isInSlack,
    nameOf,
    viewerMethods: [...new Set(usable.map(({ ref }) => ref.kind))],
  }
}

const EVENTS = `
SELECT e.seq, e.ordinal, e.type, e.at, e.actor, e.body
FROM events e, (SELECT max(ordinal) AS ordinal FROM events WHERE stream = $1) last
WHERE e.stream = $1 AND e.ordinal > last.ordinal - ${MOST_ENTRIES}
  AND (e.ordinal > last.ordinal - $2::int OR e.type LIKE 'vote.%' OR e.type LIKE 'evidence.%' OR e.type LIKE 'grant.%')
ORDER BY e.ordinal`

/** The oldest first. What people did and what became of the grant is told in more places than the record. */
function readEvents(db: Runtime['db'], requestId: string, most: number): Promise<EventRecord[]> {
  return db.$queryRawUnsafe<EventRecord[]>(EVENTS, `request:${requestId}`, most)
}

interface Around {
  decidedAt: Date | null
  isSealed: boolean
  isInSlack: boolean
  names: Record<string, string>
  keys: Record<string, { name: string; hint: string }>
}

const AROUND = `
SELECT (SELECT at FROM decisions WHERE request_id = $1 ORDER BY ordinal DESC LIMIT 1) AS "decidedAt",
  EXISTS (SELECT 1 FROM log_leaves WHERE event_seq = $2::bigint) AS "isSealed",
  EXISTS (SELECT 1 FROM slack_messages WHERE request_id = $1 AND kind IN ('card', 'direct') AND state = 'sent') AS "isInSlack",
  (SELECT coalesce(jsonb_object_agg(id, name), '{}') FROM people WHERE id = ANY($3::text[])) AS names,
  (SELECT coalesce(jsonb_object_agg(id, jsonb_build_object('name', name, 'hint', hint)), '{}')
    FROM api_keys WHERE id = ANY($4::text[])) AS keys`

/** What the rows of a request point at. One read. */
async function readAround(
  db: Runtime['db'],
  asked: { requestId: string; lastSeq: bigint | null; personIds: string[]; keyIds: string[] },
): Promise<Around> {
  const { requestId, lastSeq, personIds, keyIds } = asked
  const rows = await db.$queryRawUnsafe<Around[]>(AROUND, requestId, lastSeq, personIds, keyIds)
  return rows[0] ?? { decidedAt: null, isSealed: false, isInSlack: false, names: {}, keys: {} }
}

function evaluationOf(picture: Picture): Evaluation {
  const { state, deadlineAt, closedAt, lastDecision } = picture.ticket
  const latest = deadlineAt ?? picture.now
  if (state === 'open') return picture.evaluateAt(Math.min(picture.now, latest))
  const then = picture.evaluateAt(closedAt ?? latest)
  if (!lastDecision) return then
  const counted = lastDecision.requirements.flatMap(({ progress }) => progress?.countedVotes ?? [])
  return {
    ...then,
    ...lastDecision,
    countedVotes: counted,
    voidVotes: then.voidVotes.filter(({ id }) => !counted.includes(id)),
  }
}

function mentioned(picture: Picture, events: EventRecord[]): string[] {
  const acting = events.flatMap(({ actor }) =>
    actor.kind === 'person' && actor.id !== undefined ? [actor.id] : [],
  )
  return [
    ...new Set([
      ...acting,
      ...Object.keys(picture.facts.directory.people),
      ...picture.facts.requesters,
    ]),
  ]
}
