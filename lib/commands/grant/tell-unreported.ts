import { HOUR_MS } from '#lib/core/durations'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { announceTo } from '../announcement/announce-to'

/** A runtime reports when the action has ended: one that took longer is worth a question too. */
const SILENT_FOR_MS = HOUR_MS
/** Most told at once; the next tick tells the rest. */
const MOST_AT_ONCE = 100

interface Silent {
  requestId: string
  redeemedAt: Date | null
  request: { caller: { id: string; name: string; ownerId: string } }
}

/**
 * Tells owners, once each, of redemptions that nothing was reported of for an hour: the runtime died, or forgot. On record in
 * the caller's stream. Nothing else changes, and an outcome is still taken.
 * @returns how many were told
 * @throws AggregateError when some could not be told, once the others were
 */
export async function tellUnreported(
  runtime: Pick<Runtime, 'db' | 'now' | 'newId'>,
): Promise<number> {
  const { db } = runtime
  const now = runtime.now()
  const silent: Silent[] = await db.grant.findMany({
    where: {
      state: 'redeemed',
      redeemedAt: { lte: new Date(now - SILENT_FOR_MS) },
      unreportedToldAt: null,
    },
    orderBy: { redeemedAt: 'asc' },
    take: MOST_AT_ONCE,
    select: {
      requestId: true,
      redeemedAt: true,
      request: { select: { caller: { select: { id: true, name: true, ownerId: true } } } },
    },
  })
  let toldCount = 0
  const failures: unknown[] = []
  for (const one of silent) {
    try {
      if (await tell(runtime, one, now)) toldCount += 1
    } catch (error) {
      // One that cannot be told must not keep the others from being told.
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some owners could not be told')
  return toldCount
}

async function tell(
  runtime: Pick<Runtime, 'db' | 'newId'>,
  { requestId, redeemedAt, request: { caller } }: Silent,
  now: number,
): Promise<boolean> {
  return await inTransaction(runtime.db, async (tx) => {
    const { count } = await tx.grant.updateMany({
      where: { requestId, state: 'redeemed', unreportedToldAt: null },
      data: { unreportedToldAt: new Date(now) },
    })
    // Reported meanwhile, or told by another worker.
    if (count === 0) return false
    const event = {
      stream: `caller:${caller.id}`,
      type: 'grant.unreported',
      actor: { kind: 'system' as const },
      body: { request: requestId, redeemed_at: redeemedAt?.toISOString() ?? null },
    }
    const [eventSeq = 0n] = await appendEvents(tx, [event], now)
    const text = `${caller.name} redeemed request ${requestId} an hour ago or more and has not reported how it ended. The action may have run, in part or not at all: look, and have its outcome reported.`
    await announceTo(runtime, tx, { personId: caller.ownerId, eventSeq, text }, now)
    return true
  })
}
