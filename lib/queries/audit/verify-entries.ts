import type { BadEntry } from '#lib/core/audit/fault'
import type { Db } from '#lib/db/client'
import type { VerifiedView } from '#lib/wire/views/audit'
import { BEFORE, CHECKED, type CheckedRow, checkEntry } from './check-entry'
import { type LogKeys, logKeys, verifyStretch } from './verify-stretch'

/** Most leaves that are read for the entries of one page. */
const MOST_LEAVES = 50_000

type Row = CheckedRow & { seq: bigint }

const ENTRIES = `
SELECT e.seq, ${CHECKED} FROM events e LEFT JOIN log_leaves l ON l.event_seq = e.seq ${BEFORE}
WHERE e.seq = ANY($1::bigint[]) ORDER BY l.index, e.seq`

/**
 * Verifies single entries: content, link to the entry before, leaf, and each stretch of the log that a leaf stands in from one
 * signed checkpoint to the next.
 * Where the stretches together are longer than is read at once, the rest counts as not sealed.
 */
export async function verifyEntries(db: Db, seqs: string[]): Promise<VerifiedView> {
  const rows = await db.$queryRawUnsafe<Row[]>(ENTRIES, seqs)
  if (rows.length < new Set(seqs).size) return badView(GONE)
  for (const row of rows) {
    const bad = checkEntry(row)
    if (bad) return badView(bad)
  }
  const sealed = rows.flatMap(({ place }) => (place === null ? [] : [Number(place)]))
  const signed = await verifyLeaves(db, await logKeys(db), { places: sealed, seqs })
  if ('bad' in signed) return badView(signed.bad)
  const streams = new Set(rows.map(({ stream }) => stream)).size
  return { ok: true, what: 'listed', entries: rows.length, streams, ...signed }
}

const GONE: BadEntry = { fault: 'ordinal', detail: 'One of these entries is not there any more.' }

interface Signed {
  /** Entries that a signed checkpoint holds. */
  sealed: number
  /** Leaves that were read for it. */
  leaves: number
  checkpoints: number
}

/** @param places leaves, ascending */
async function verifyLeaves(
  db: Db,
  keys: LogKeys,
  { places, seqs }: { places: number[]; seqs: string[] },
): Promise<Signed | { bad: BadEntry }> {
  const signed = { sealed: 0, leaves: 0, checkpoints: 0 }
  let end = 0
  for (const place of places) {
    if (place >= end) {
      const [before, next] = await Promise.all([
        db.checkpoint.findFirst({
          where: { size: { lte: BigInt(place) } },
          orderBy: { size: 'desc' },
        }),
        db.checkpoint.findFirst({
          where: { size: { gt: BigInt(place) } },
          orderBy: { size: 'asc' },
        }),
      ])
      if (!next) return { bad: { fault: 'truncated', leaf: place, detail: UNSIGNED } }
      const from = Number(before?.size ?? 0n)
      end = Number(next.size)
      if (signed.leaves + end - from > MOST_LEAVES) return signed
      const check = await verifyStretch(db, keys, { from, to: end, seqs })
      if (!check.ok) return { bad: check.bad }
      signed.leaves += check.leaves
      signed.checkpoints += check.checkpoints
    }
    signed.sealed += 1
  }
  return signed
}

const UNSIGNED = 'No checkpoint was signed over this leaf.'

/** Where and in what way the trail is not as it was written. */
export function badView({ stream, ordinal, leaf, fault, detail }: BadEntry): VerifiedView {
  const place = [
    ...(stream === undefined ? [] : [stream]),
    ...(ordinal === undefined ? [] : [`entry ${ordinal}`]),
    ...(leaf === undefined ? [] : [`leaf ${leaf}`]),
  ]
  return { ok: false, place: place.join(', '), fault, detail }
}
