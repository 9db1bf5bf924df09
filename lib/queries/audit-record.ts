import type { ExportedEntry, ExportParts, SealedItem } from '#lib/core/audit/export'
import { canonical } from '#lib/core/contract/canonical'
import { type PasskeyReceipt, passkeyThumbprint } from '#lib/core/ticket/vote-receipt'
import type { Db } from '#lib/db/client'
import {
  type Bounds,
  ENTRY,
  type EntryRow,
  entryOf,
  headOf,
  type LeafRow,
  PAGE,
  pages,
  RECEIPT,
  readBounds,
} from './audit-rows'

/** What of the trail one record shows: the request's stream up to where it ended at the start, and single entries of people. */
interface Shown {
  stream: string
  ordinal: number
  bindings: string[]
}

/** Parameters: $1 after, $2 end, $3 page, $4 stream of the request, $5 its last ordinal, $6 entries of people by number. */
const SHOWN = '((e.stream = $4 AND e.ordinal <= $5) OR e.seq = ANY($6::bigint[]))'

/**
 * The record of one request for `exportLines`: its stream whole, of the voters' streams the entries alone that bind the keys
 * of these votes, the contract, what was reviewed, the evidence that is still kept, and of the log the stretches between two
 * checkpoints in which those entries stand. It costs what the request is, not what the trail is.
 *
 * Read page by page and in no transaction, so that a slow reader holds nothing; it ends where the request ended at the start.
 * @returns null when there is no such request
 */
export async function auditRecord(
  db: Db,
  { requestId, now }: { requestId: string; now: number },
): Promise<ExportParts | null> {
  const stream = `request:${requestId}`
  const [request, last] = await Promise.all([
    db.request.findUnique({ where: { id: requestId }, select: { hashed: true } }),
    db.event.findFirst({
      where: { stream },
      orderBy: { ordinal: 'desc' },
      select: { ordinal: true },
    }),
  ])
  if (!request || !last) return null
  const [head, bounds, bindings] = await Promise.all([
    headOf(db, now),
    readBounds(db),
    keyBindings(db, requestId),
  ])
  const shown = { stream, ordinal: last.ordinal, bindings: bindings.map(({ seq }) => String(seq)) }
  const partial = [...new Set(bindings.map((binding) => binding.stream))].sort()
  return {
    header: {
      ...head,
      streams: [...partial, stream].sort(),
      record: { request: requestId, partial, names: await namesIn(db, shown) },
    },
    documents: documents(db, requestId, request.hashed, shown),
    sealed: sealedStretches(db, bounds, shown),
    checkpoints: [],
    unsealed: unsealedEntries(db, bounds, shown),
  }
}

interface Binding {
  seq: bigint
  stream: string
}

/** The entries that added, confirmed or removed a key with which somebody signed a vote here; nothing else about them. */
async function keyBindings(db: Db, requestId: string): Promise<Binding[]> {
  const votes = await db.vote.findMany({
    where: { requestId, method: 'passkey' },
    select: { personId: true, receipt: true },
  })
  const streams: string[] = []
  const thumbprints: string[] = []
  for (const { personId, receipt } of votes) {
    streams.push(`person:${personId}`)
    thumbprints.push(await passkeyThumbprint((receipt as unknown as PasskeyReceipt).public_key))
  }
  return await db.$queryRaw<Binding[]>`
    SELECT DISTINCT e.seq, e.stream FROM unnest(${streams}::text[], ${thumbprints}::text[]) AS k (stream, thumbprint)
    JOIN events a ON a.stream = k.stream AND a.type = 'factor.added' AND a.body->>'thumbprint' = k.thumbprint
    JOIN events e ON e.stream = k.stream AND e.body->>'id' = a.body->>'id' AND e.body->>'kind' = 'passkey'
      AND e.type IN ('factor.added', 'factor.confirmed', 'factor.removed')`
}

/** What the people are called whose ids stand in the shown entries. */
async function namesIn(
  db: Db,
  { stream, ordinal, bindings }: Shown,
): Promise<Record<string, string>> {
  const people = await db.$queryRaw<{ id: string; name: string }[]>`
    SELECT p.id, p.name FROM people p WHERE p.id IN (
      SELECT e.actor->>'id' FROM events e
      WHERE e.actor->>'kind' = 'person'
        AND ((e.stream = ${stream} AND e.ordinal <= ${ordinal}) OR e.seq = ANY(${bindings}::bigint[])))`
  return Object.fromEntries(people.map(({ id, name }) => [id, name]))
}

/** Each once, and only what an entry that is shown names. A body that was erased is not there: its digest is. */
async function* documents(
  db: Db,
  requestId: string,
  hashed: string,
  { stream, ordinal }: Shown,
): AsyncGenerator<string> {
  yield hashed
  const reviews = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT ON (v.review_digest) v.id FROM votes v
    JOIN events e ON e.stream = ${stream} AND e.ordinal <= ${ordinal} AND e.type = 'vote.cast' AND e.body->>'vote_id' = v.id
    WHERE v.request_id = ${requestId} ORDER BY v.review_digest, v.id`
  for (const { id } of reviews) {
    const vote = await db.vote.findUnique({ where: { id }, select: { reviewed: true } })
    if (vote) yield canonical(vote.reviewed)
  }
  const evidence = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT ON (i.sha256) i.id FROM evidence i
    JOIN events e ON e.stream = ${stream} AND e.ordinal <= ${ordinal} AND e.type = 'evidence.added'
      AND e.body->>'evidence_id' = i.id
    WHERE i.request_id = ${requestId} AND i.body IS NOT NULL ORDER BY i.sha256, i.id`
  for (const { id } of evidence) {
    const item = await db.evidence.findUnique({ where: { id }, select: { type: true, body: true } })
    if (!item || item.body === null) continue
    yield canonical({
      type: 'countersign/evidence',
      v: 1,
      evidence_type: item.type,
      body: item.body,
    })
  }
}

const PLACES = `
SELECT l.index AS place FROM events e JOIN log_leaves l ON l.event_seq = e.seq
WHERE ${SHOWN} AND l.index > $1 AND l.index < $2 ORDER BY l.index LIMIT $3`

const LEAVES = `
SELECT l.index AS place, l.hash AS leaf, ${ENTRY} FROM log_leaves l
LEFT JOIN events e ON e.seq = l.event_seq AND ${SHOWN} ${RECEIPT}
WHERE l.index > $1 AND l.index < $2 ORDER BY l.index LIMIT $3`

/** For each shown entry the leaves from the checkpoint before it to the one after it, whose signature proves them. */
async function* sealedStretches(
  db: Db,
  { size }: Bounds,
  shown: Shown,
): AsyncGenerator<SealedItem> {
  let end = 0n
  const places = pages((after) =>
    db.$queryRawUnsafe<{ place: bigint }[]>(PLACES, after ?? -1n, size, PAGE, ...of(shown)),
  )
  for await (const { place } of places) {
    if (place < end) continue
    const [before, next] = await Promise.all([
      db.checkpoint.findFirst({ where: { size: { lte: place } }, orderBy: { size: 'desc' } }),
      db.checkpoint.findFirst({ where: { size: { gt: place } }, orderBy: { size: 'asc' } }),
    ])
    if (!next) return
    const from = before?.size ?? 0n
    if (before && from > end) yield { size: Number(from), peaks: before.range }
    const leaves = pages((after) =>
      db.$queryRawUnsafe<LeafRow[]>(LEAVES, after ?? from - 1n, next.size, PAGE, ...of(shown)),
    )
    for await (const row of leaves)
      yield row.stream === null ? { withheld: row.leaf } : entryOf(row)
    yield { size: Number(next.size), note: next.note }
    end = next.size
  }
}

const UNSEALED = `
SELECT e.seq AS place, ${ENTRY} FROM events e ${RECEIPT}
WHERE ${SHOWN} AND e.seq > $1
  AND NOT EXISTS (SELECT FROM log_leaves l WHERE l.event_seq = e.seq AND l.index < $2)
ORDER BY e.seq LIMIT $3`

async function* unsealedEntries(
  db: Db,
  { size }: Bounds,
  shown: Shown,
): AsyncGenerator<ExportedEntry> {
  type Row = { place: bigint } & EntryRow
  const rows = pages((after) =>
    db.$queryRawUnsafe<Row[]>(UNSEALED, after ?? -1n, size, PAGE, ...of(shown)),
  )
  for await (const row of rows) yield entryOf(row)
}

function of({ stream, ordinal, bindings }: Shown): [string, number, string[]] {
  return [stream, ordinal, bindings]
}
