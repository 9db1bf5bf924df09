import { DAY_MS } from '#lib/core/durations'
import type { Runtime } from '#lib/runtime'

/** How long the log of deliveries is kept. What happened stands in the audit trail for ever, and can be replayed from there. */
const KEPT_MS = { delivered: 30 * DAY_MS, dead: 90 * DAY_MS } as const
const AT_ONCE = 10_000

/** Forgets what was sent, or given up, long ago. */
export async function forgetDeliveries({ db, now }: Pick<Runtime, 'db' | 'now'>): Promise<void> {
  for (const [state, keptMs] of Object.entries(KEPT_MS)) {
    await db.$executeRawUnsafe(FORGET, state, new Date(now() - keptMs), AT_ONCE)
  }
}

const FORGET = `
DELETE FROM webhook_deliveries WHERE id IN (
  SELECT id FROM webhook_deliveries WHERE state <> 'due' AND state = $1 AND ended_at < $2 ORDER BY ended_at LIMIT $3::int)`
