import { equalBytes } from '#lib/core/audit/bytes'
import { openCheckpoint } from '#lib/core/audit/checkpoint'
import { type BadEntry, faultAt } from '#lib/core/audit/fault'
import {
  appendLeaves,
  decodeLog,
  EMPTY_LOG,
  entryLeaf,
  type LogRange,
  logRoot,
} from '#lib/core/audit/log'
import { type NoteVerifier, parseVerifier } from '#lib/core/audit/note'
import type { Db } from '#lib/db/client'
import { everyPublicKey } from '#lib/keys/every-public-key'
import { PAGE, pages } from '../audit-rows'
import { BEFORE, CHECKED, type CheckedRow, checkEntry } from './check-entry'

/** Whose checkpoints are believed: keys of this installation, as it knows them itself. */
export interface LogKeys {
  origin: string
  verifiers: NoteVerifier[]
}

export async function logKeys(db: Db): Promise<LogKeys> {
  const { domain } = await db.installation.findUniqueOrThrow({ where: { id: 1 } })
  const { origin, verifiers } = await everyPublicKey(db, domain)
  const read = verifiers.map(parseVerifier).filter((verifier) => verifier !== undefined)
  return { origin, verifiers: read }
}

/** Leaves from one checkpoint to a later one. */
export interface Stretch {
  /** Leaves under the checkpoint that it begins at; 0: the beginning of the log. */
  from: number
  to: number
  /** Entries that are looked into, by number; null: all of them. Of the others the leaf counts. */
  seqs: string[] | null
}

export type StretchCheck =
  | { ok: true; leaves: number; entries: number; checkpoints: number }
  | { ok: false; bad: BadEntry }

/**
 * Reads a stretch of the log and computes its roots again: each checkpoint in it has to be signed and to be the root of the leaves
 * up to it, and each entry looked into has to be what was hashed.
 */
export async function verifyStretch(
  db: Db,
  keys: LogKeys,
  stretch: Stretch,
): Promise<StretchCheck> {
  const start = await logAt(db, stretch.from)
  if (!start) return { ok: false, bad: faultAt('root', UNFIT, { leaf: stretch.from }) }
  const state: Reading = { log: start, entries: 0, checkpoints: 0 }
  for await (const { to, note } of headsAfter(db, stretch)) {
    const { size } = state.log
    const bad =
      (await readLeaves(db, { ...stretch, from: size, to }, state)) ??
      (await checkHead(keys, state.log, note, size))
    if (bad) return { ok: false, bad }
    state.checkpoints += 1
  }
  const { log, entries, checkpoints } = state
  if (log.size !== stretch.to) return { ok: false, bad: missing(log.size) }
  return { ok: true, leaves: log.size - stretch.from, entries, checkpoints }
}

const UNFIT = 'The stored head of the log does not fit its size.'

interface Reading {
  log: LogRange
  entries: number
  checkpoints: number
}

/** Takes the leaves up to a checkpoint. */
async function readLeaves(db: Db, stretch: Stretch, state: Reading): Promise<BadEntry | undefined> {
  for await (const row of leavesOf(db, stretch)) {
    const bad = Number(row.place) === state.log.size ? checkLeaf(row) : missing(state.log.size)
    if (bad) return bad
    if (row.stream !== null) state.entries += 1
    state.log = appendLeaves(state.log, [entryLeaf(row.leaf)]).log
  }
  return state.log.size === stretch.to ? undefined : missing(state.log.size)
}

function checkLeaf(row: LeafRow): BadEntry | undefined {
  if (row.stream !== null) return checkEntry(row)
  if (!row.isAsked) return undefined
  return faultAt('leaf', 'The entry of this leaf is missing.', { leaf: Number(row.place) })
}

function missing(leaf: number): BadEntry {
  return faultAt('leaf', 'Another leaf, or none, stands where this one should.', { leaf })
}

async function logAt(db: Db, size: number): Promise<LogRange | undefined> {
  if (size === 0) return EMPTY_LOG
  const head = await db.checkpoint.findUnique({ where: { size: BigInt(size) } })
  return head ? decodeLog(size, head.range) : undefined
}

async function checkHead(
  { origin, verifiers }: LogKeys,
  log: LogRange,
  note: string,
  from: number,
): Promise<BadEntry | undefined> {
  const head = await openCheckpoint(note, verifiers)
  if (head?.origin !== origin || head.size !== log.size) {
    const detail = `The checkpoint over ${log.size} leaves is not signed by a key of this log.`
    return faultAt('signature', detail, { leaf: log.size - 1 })
  }
  if (equalBytes(head.root, logRoot(log))) return undefined
  const detail = `One of the leaves ${from} to ${log.size - 1} is not the one that was signed.`
  return faultAt('root', detail, { leaf: from })
}

async function* headsAfter(
  db: Db,
  { from, to }: Stretch,
): AsyncGenerator<{ to: number; note: string }> {
  const rows = pages(
    (after) => db.$queryRaw<{ place: bigint; note: string }[]>`
      SELECT size AS place, note FROM checkpoints
      WHERE size > ${after ?? BigInt(from)} AND size <= ${BigInt(to)} ORDER BY size LIMIT ${PAGE}`,
  )
  for await (const { place, note } of rows) yield { to: Number(place), note }
}

type LeafRow = { place: bigint; leaf: string; isAsked: boolean } & (CheckedRow | { stream: null })

const LEAVES = `
SELECT ($4::bigint[] IS NULL OR l.event_seq = ANY($4::bigint[])) AS "isAsked", ${CHECKED}
FROM log_leaves l
LEFT JOIN events e ON e.seq = l.event_seq AND ($4::bigint[] IS NULL OR l.event_seq = ANY($4::bigint[])) ${BEFORE}
WHERE l.index > $1 AND l.index < $2 ORDER BY l.index LIMIT $3`

function leavesOf(db: Db, { from, to, seqs }: Stretch): AsyncGenerator<LeafRow> {
  return pages((after) =>
    db.$queryRawUnsafe<LeafRow[]>(LEAVES, after ?? BigInt(from) - 1n, BigInt(to), PAGE, seqs),
  )
}
