import { DAY_MS } from '#lib/core/durations'
import type { Runtime } from '#lib/runtime'

/** How long the log of deliveries is kept. What happened stands in the audit trail for ever, and can be replayed from there. */
export const KEPT_MS = { delivered: 30 * DAY_MS, dead: 90 * DAY_MS } as const
/** So few that deadlines, which the same clock sees to, do not wait for it. */
const AT_ONCE = 2_000

/**
 * Forgets some of what was sent, or given up, long ago, and what waits where nothing will ever be sent.
 * @returns whether there is more
 */
export async function forgetDeliveries({ db, now }: Pick<Runtime, 'db' | 'now'>): Promise<boolean> {
  const counts = [
    await db.$executeRawUnsafe(ENDED, 'delivered', new Date(now() - KEPT_MS.delivered), AT_ONCE),
    await db.$executeRawUnsafe(ENDED, 'dead', new Date(now() - KEPT_MS.dead), AT_ONCE),
    await db.$executeRawUnsafe(REMOVED, new Date(now() - KEPT_MS.dead), AT_ONCE),
  ]
  return counts.includes(AT_ONCE)
}

const ENDED = `
DELETE FROM webhook_deliveries WHERE id IN (
  SELECT id FROM webhook_deliveries WHERE state <> 'due' AND state = $1 AND ended_at < $2 ORDER BY ended_at LIMIT $3::int)`

const REMOVED = `
DELETE FROM webhook_deliveries WHERE id IN (
  SELECT d.id FROM webhook_endpoints w JOIN webhook_deliveries d ON d.endpoint_id = w.id AND d.state = 'due'
  WHERE w.state = 'removed' AND w.state_at < $1 LIMIT $2::int)`
