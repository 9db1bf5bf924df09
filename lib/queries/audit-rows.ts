import type { ExportedEntry, ExportParts } from '#lib/core/audit/export'
import type { JsonObject } from '#lib/core/contract/json'
import type { Db } from '#lib/db/client'
import { everyPublicKey } from '#lib/keys/every-public-key'

/** Rows of one read: what an export holds in memory at once. */
export const PAGE = 1_000

/** Up to where an export goes: what is written while it is read belongs to the next one. */
export interface Bounds {
  /** Leaves under the newest checkpoint. */
  size: bigint
  /** Number of the newest event. */
  seq: bigint
}

type Header = ExportParts['header']

/**
 * What every export says of itself first: whose it is, when it was written, and the keys that verify it.
 * @param now epoch ms
 */
export async function headOf(db: Db, now: number): Promise<Omit<Header, 'streams' | 'record'>> {
  const { domain } = await db.installation.findUniqueOrThrow({ where: { id: 1 } })
  const { origin, verifiers, jwks } = await everyPublicKey(db, domain)
  return {
    issuer: domain,
    origin,
    exported_at: new Date(now).toISOString(),
    verifiers,
    jwks: jwks as unknown as JsonObject,
  }
}

export async function readBounds(db: Db): Promise<Bounds> {
  const [bounds] = await db.$queryRaw<Bounds[]>`
    SELECT coalesce((SELECT max(size) FROM checkpoints), 0)::bigint AS size,
      coalesce((SELECT max(seq) FROM events), 0)::bigint AS seq`
  return bounds ?? { size: 0n, seq: 0n }
}

export interface EntryRow {
  stream: string
  ordinal: number
  type: string
  at: Date
  actor: ExportedEntry['actor']
  body: JsonObject
  prev: string
  hash: string
  receipt: JsonObject | null
}

/** A leaf, with its entry where that one is shown. */
export type LeafRow = { place: bigint; leaf: string } & (EntryRow | { stream: null })

/** Only a vote by passkey has something to prove itself with; what else stands in `votes` is no part of the trail. */
export const ENTRY = `e.stream, e.ordinal, e.type, e.at, e.actor, e.body, e.prev, e.hash, v.receipt`
export const RECEIPT = `
LEFT JOIN votes v ON e.type = 'vote.cast' AND e.body->>'method' = 'passkey' AND v.id = e.body->>'vote_id'`

/** Keyset paging: each page begins behind the place of the last row, so that it costs the same wherever it is. */
export async function* pages<Row extends { place: bigint }>(
  read: (after: bigint | null) => Promise<Row[]>,
): AsyncGenerator<Row> {
  let after: bigint | null = null
  for (;;) {
    const rows: Row[] = await read(after)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = last.place
  }
}

export function entryOf(row: EntryRow): ExportedEntry {
  const { stream, ordinal, type, actor, body, prev, hash, receipt } = row
  const entry = { v: 1 as const, stream, ordinal, type, at: row.at.toISOString(), actor, body }
  return { ...entry, prev, hash, ...(receipt !== null && { receipt }) }
}
