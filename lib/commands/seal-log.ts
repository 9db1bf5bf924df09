import { signCheckpoint } from '#lib/core/audit/checkpoint'
import {
  appendLeaves,
  decodeLog,
  EMPTY_LOG,
  encodePeaks,
  entryLeaf,
  type LogRange,
  logRoot,
} from '#lib/core/audit/log'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'

/** Most events put into the log in one go; the rest follows at the next tick. */
const MOST_EVENTS = 5_000
const SEAL_LOCK = 4_271_002

/**
 * Oldest first, so that of two events the one that was committed before the other was written comes first in the log.
 * Lateral, so that each hash is one look-up by number, whatever the planner believes of the tables' sizes.
 */
export const UNSEALED = `
SELECT u.event_seq::text AS seq, e.hash
FROM (SELECT event_seq FROM unsealed_events ORDER BY event_seq LIMIT ${MOST_EVENTS}) u,
  LATERAL (SELECT hash FROM events WHERE seq = u.event_seq OFFSET 0) e
ORDER BY u.event_seq`

const LEAVES = `
INSERT INTO log_leaves (index, event_seq, hash)
SELECT $1::bigint + n - 1, seq, hash FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS leaf (seq, hash, n)`

const SEALED = 'DELETE FROM unsealed_events WHERE event_seq = ANY($1::bigint[])'

/**
 * Appends events that are not yet in the installation's Merkle log (RFC 6962) and signs the new head (C2SP checkpoint).
 * One sealer at a time; a second one waits, and then seals what is left.
 * @returns how many events were sealed
 */
export async function sealLog(runtime: Runtime): Promise<number> {
  const signer = await runtime.keys.logSigner()
  return await inTransaction(runtime.db, async (tx) => {
    // A statement of its own: what follows must see what the sealer before has committed.
    await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock(${SEAL_LOCK})::text`)
    const events = await tx.$queryRawUnsafe<{ seq: string; hash: string }[]>(UNSEALED)
    if (events.length === 0) return 0
    const log = await lastHead(tx)
    const leaves = events.map(({ hash }) => entryLeaf(hash))
    const grown = appendLeaves(log, leaves).log
    const root = logRoot(grown)
    const seqs = events.map(({ seq }) => seq)
    const hashes = events.map(({ hash }) => hash)
    await tx.$executeRawUnsafe(LEAVES, log.size, seqs, hashes)
    await tx.checkpoint.create({
      data: {
        size: BigInt(grown.size),
        root: Buffer.from(root).toString('base64'),
        range: encodePeaks(grown),
        note: await signCheckpoint({ size: grown.size, root }, signer),
        at: new Date(runtime.now()),
      },
    })
    await tx.$executeRawUnsafe(SEALED, seqs)
    return events.length
  })
}

async function lastHead(tx: Tx): Promise<LogRange> {
  const last = await tx.checkpoint.findFirst({ orderBy: { size: 'desc' } })
  const log = last ? decodeLog(Number(last.size), last.range) : EMPTY_LOG
  if (!log) throw new Error('The stored log head does not fit its size: nothing is sealed on it')
  return log
}
