import type { ExportedEntry, ExportParts, SizedNote, WithheldEntry } from '#lib/core/audit/export'
import { ok, type Result, refuse } from '#lib/core/result'
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

export interface AuditExportInput {
  /** The streams to show; null = all. */
  streams: string[] | null
  /** Epoch ms. */
  now: number
}

/**
 * The audit trail for `exportLines`, read page by page while the product runs, in no transaction: each stream and the log
 * end where they ended at the start.
 *
 * With streams it is an excerpt. The people who voted by passkey on a shown request are added, as their streams say whose
 * keys those are.
 * @returns refusal `not_found` for a stream that has no entry
 */
export async function auditExport(db: Db, input: AuditExportInput): Promise<Result<ExportParts>> {
  const streams = input.streams === null ? null : await shownStreams(db, input.streams)
  if (streams !== null && !streams.ok) return streams
  const shown = streams === null ? null : streams.value
  const head = await headOf(db, input.now)
  const bounds = await readBounds(db)
  return ok({
    header: { ...head, streams: shown },
    sealed: sealedEntries(db, bounds, shown),
    checkpoints: checkpointNotes(db, bounds),
    unsealed: unsealedEntries(db, bounds, shown),
  })
}

async function shownStreams(db: Db, asked: string[]): Promise<Result<string[]>> {
  const missing = await db.$queryRaw<{ stream: string }[]>`
    SELECT s AS stream FROM unnest(${asked}::text[]) s
    WHERE NOT EXISTS (SELECT FROM events e WHERE e.stream = s)`
  if (missing.length > 0) {
    const names = missing.map(({ stream }) => stream).join(', ')
    return refuse('not_found', { detail: `There is no such stream: ${names}.` })
  }
  const requests = asked.filter((one) => one.startsWith('request:')).map((one) => one.slice(8))
  const voters = await db.vote.findMany({
    where: { requestId: { in: requests }, method: 'passkey' },
    select: { personId: true },
    distinct: ['personId'],
  })
  return ok([...new Set([...asked, ...voters.map(({ personId }) => `person:${personId}`)])].sort())
}

/** A leaf whose event is gone is told by its leaf alone: verifying then names it. */
const SEALED = `
SELECT l.index AS place, l.hash AS leaf, ${ENTRY} FROM log_leaves l
LEFT JOIN events e ON e.seq = l.event_seq AND ($4::text[] IS NULL OR e.stream = ANY($4)) ${RECEIPT}
WHERE l.index > $1 AND l.index < $2 ORDER BY l.index LIMIT $3`

async function* sealedEntries(
  db: Db,
  { size }: Bounds,
  streams: string[] | null,
): AsyncGenerator<ExportedEntry | WithheldEntry> {
  const rows = pages((after) =>
    db.$queryRawUnsafe<LeafRow[]>(SEALED, after ?? -1n, size, PAGE, streams),
  )
  for await (const row of rows) yield row.stream === null ? { withheld: row.leaf } : entryOf(row)
}

const UNSEALED = `
SELECT e.seq AS place, ${ENTRY} FROM events e ${RECEIPT}
WHERE e.seq > $1 AND e.seq <= $2 AND ($4::text[] IS NULL OR e.stream = ANY($4))
  AND NOT EXISTS (SELECT FROM log_leaves l WHERE l.event_seq = e.seq AND l.index < $5)
ORDER BY e.seq LIMIT $3`

async function* unsealedEntries(
  db: Db,
  { seq, size }: Bounds,
  streams: string[] | null,
): AsyncGenerator<ExportedEntry> {
  type Row = { place: bigint } & EntryRow
  const rows = pages((after) =>
    db.$queryRawUnsafe<Row[]>(UNSEALED, after ?? -1n, seq, PAGE, streams, size),
  )
  for await (const row of rows) yield entryOf(row)
}

async function* checkpointNotes(db: Db, { size }: Bounds): AsyncGenerator<SizedNote> {
  const rows = pages(
    (after) =>
      db.$queryRaw<{ place: bigint; note: string }[]>`
      SELECT size AS place, note FROM checkpoints
      WHERE size > ${after ?? -1n} AND size <= ${size} ORDER BY size LIMIT ${PAGE}`,
  )
  for await (const { place, note } of rows) yield { size: Number(place), note }
}
