import { confirmedFactors } from '#lib/auth/factors'
import type { Json } from '#lib/core/contract/json'
import type { Evaluation } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import { type Picture, readHeld } from '../read-held'

/** Longest record a page shows, the newest of it; the audit export has all. */
const MOST_ENTRIES = 500

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
): Promise<TicketPicture | null> {
  const { db } = runtime
  const picture = await readHeld(runtime, db, { requestId, actingPersonId: viewerId })
  if (!picture) return null
  const [stored, allVotes, bodies, rawEvents, decision, factors] = await Promise.all([
    db.request.findUniqueOrThrow({ where: { id: requestId }, select: { hashed: true } }),
    db.vote.findMany({ where: { requestId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] }),
    db.evidence.findMany({ where: { requestId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] }),
    db.event.findMany({
      where: { stream: `request:${requestId}` },
      orderBy: { ordinal: 'desc' },
      take: MOST_ENTRIES,
    }),
    db.decision.findFirst({ where: { requestId }, orderBy: { ordinal: 'desc' } }),
    viewerId === null ? [] : confirmedFactors(db, viewerId),
  ])
  const events = rawEvents.reverse() as unknown as EventRecord[]
  const openedAt = picture.ticket.openedAt ?? 0
  const usable = factors.filter(({ confirmedAt }) => (confirmedAt ?? openedAt) < openedAt)
  const lastSeq = events.at(-1)?.seq
  const keyIds = [picture.rows.request.key_id, picture.ticket.grant?.redeemedByKeyId ?? '']
  const [people, keys, leaf] = await Promise.all([
    db.person.findMany({
      where: { id: { in: mentioned(picture, events) } },
      select: { id: true, name: true },
    }),
    db.apiKey.findMany({
      where: { id: { in: keyIds } },
      select: { id: true, name: true, hint: true },
    }),
    lastSeq === undefined ? null : db.logLeaf.findUnique({ where: { eventSeq: lastSeq } }),
  ])
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return {
    ...picture,
    viewerId,
    organisation: runtime.installation.name,
    zone: runtime.config.timeZone,
    evaluation: evaluationOf(picture),
    hashed: stored.hashed,
    keyName: keys.find(({ id }) => id === keyIds[0])?.name ?? '',
    redeemKey: keys.find(({ id }) => id === keyIds[1]) ?? null,
    decidedAt: decision?.at ?? new Date(picture.ticket.submittedAt),
    allVotes,
    bodies: bodies as EvidenceRecord[],
    events,
    isSealed: leaf !== null,
    nameOf: (personId) => names.get(personId) ?? 'Somebody who is gone',
    viewerMethods: [...new Set(usable.map(({ ref }) => ref.kind))],
  }
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
