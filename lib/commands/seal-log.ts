import { signCheckpoint } from '#lib/core/audit/checkpoint'
import { appendLeaves, decodeLog, EMPTY_LOG, encodePeaks, logRoot } from '#lib/core/audit/log'
import { leafHash } from '#lib/core/audit/merkle-hash'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'

/** Most events put into the log in one go; the rest follows at the next tick. */
const MOST_EVENTS = 5_000
const SEAL_LOCK = 4_271_002
/** Events commit out of sequence order; a younger one waits until nothing older can still appear. */
const UNSEALED = `
SELECT e.seq::text AS seq, e.hash FROM events e
WHERE NOT EXISTS (SELECT 1 FROM log_leaves l WHERE l.event_seq = e.seq)
  AND e.seq > coalesce((SELECT max(event_seq) FROM log_leaves), 0) - 100000
ORDER BY e.seq LIMIT ${MOST_EVENTS}`

/**
 * Appends events that are not yet in the installation's Merkle log (RFC 6962) and signs the new head (C2SP checkpoint).
 * One sealer at a time; a second one finds nothing to do.
 * @returns how many events were sealed
 */
export async function sealLog(runtime: Runtime): Promise<number> {
  const signer = await runtime.keys.logSigner()
  return await inTransaction(runtime.db, async (tx) => {
    await tx.$queryRawUnsafe(`SELECT pg_advisory_xact_lock(${SEAL_LOCK})::text`)
    const events = await tx.$queryRawUnsafe<{ seq: string; hash: string }[]>(UNSEALED)
    if (events.length === 0) return 0
    const last = await tx.checkpoint.findFirst({ orderBy: { size: 'desc' } })
    const log = last ? decodeLog(Number(last.size), last.range) : EMPTY_LOG
    if (!log) throw new Error('The stored log head does not fit its size: nothing is sealed on it')
    const grown = appendLeaves(
      log,
      events.map(({ hash }) => leafHash(new TextEncoder().encode(hash))),
    )
    const root = logRoot(grown.log)
    await tx.logLeaf.createMany({
      data: events.map(({ seq, hash }, offset) => ({
        index: BigInt(log.size + offset),
        eventSeq: BigInt(seq),
        hash,
      })),
    })
    await tx.checkpoint.create({
      data: {
        size: BigInt(grown.log.size),
        root: Buffer.from(root).toString('base64'),
        range: encodePeaks(grown.log),
        note: await signCheckpoint({ size: grown.log.size, root }, signer),
        at: new Date(runtime.now()),
      },
    })
    return events.length
  })
}
