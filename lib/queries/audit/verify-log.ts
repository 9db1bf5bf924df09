import { exportLines } from '#lib/core/audit/export'
import { verifyTrail } from '#lib/core/audit/verify-trail'
import type { Db } from '#lib/db/client'
import type { VerifiedView } from '#lib/wire/views/audit'
import { auditExport } from '../audit-export'
import { badView } from './verify-entries'
import { logKeys, verifyStretch } from './verify-stretch'

/** Leaves that are verified at once: seconds of work. A longer log is verified whole by its export. */
const MOST_VERIFIED = 10_000

/**
 * Verifies the log: whole, as an export is (chains, log, checkpoints, votes by passkey, use of grants), where it is short enough;
 * else its newest part up to the newest checkpoint.
 * @param most leaves
 */
export async function verifyLog(
  db: Db,
  { now, most = MOST_VERIFIED }: { now: number; most?: number },
): Promise<VerifiedView> {
  const newest = await db.checkpoint.findFirst({
    orderBy: { size: 'desc' },
    select: { size: true },
  })
  const size = Number(newest?.size ?? 0n)
  return size <= most ? await verifyWhole(db, now) : await verifyNewest(db, { size, most })
}

async function verifyWhole(db: Db, now: number): Promise<VerifiedView> {
  const parts = await auditExport(db, { streams: null, now })
  if (!parts.ok) throw new Error('The audit trail could not be read')
  const check = await verifyTrail(exportLines(parts.value))
  if (!check.ok) return badView(check.bad)
  const { entries, leaves, signedLeaves, checkpoints, unsealed, votes } = check.summary
  return {
    ok: true,
    what: 'log',
    isWhole: true,
    entries,
    leaves,
    size: signedLeaves,
    checkpoints,
    unsealed,
    votes: { passkey: votes?.verified ?? 0, trail: votes?.unproven ?? 0 },
  }
}

async function verifyNewest(
  db: Db,
  { size, most }: { size: number; most: number },
): Promise<VerifiedView> {
  const inReach = { gte: BigInt(size - most), lt: BigInt(size) }
  const start =
    (await db.checkpoint.findFirst({ where: { size: inReach }, orderBy: { size: 'asc' } })) ??
    (await db.checkpoint.findFirst({
      where: { size: { lt: BigInt(size) } },
      orderBy: { size: 'desc' },
    }))
  const from = Number(start?.size ?? 0n)
  const check = await verifyStretch(db, await logKeys(db), { from, to: size, seqs: null })
  if (!check.ok) return badView(check.bad)
  const { entries, leaves, checkpoints } = check
  const unsealed = await db.unsealedEvent.count()
  const votes = { passkey: 0, trail: 0 }
  return {
    ok: true,
    what: 'log',
    isWhole: false,
    entries,
    leaves,
    size,
    checkpoints,
    unsealed,
    votes,
  }
}
