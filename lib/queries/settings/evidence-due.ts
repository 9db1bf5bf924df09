import { DAY_MS } from '#lib/core/durations'
import type { Db } from '#lib/db/client'

/** Evidence is never newer than the end of its request, so the walk of the oldest ends at that time. Nothing that may still run is touched. */
const DUE = `
SELECT e.id FROM evidence e JOIN requests r ON r.id = e.request_id
WHERE e.body IS NOT NULL AND e.at < $1::timestamptz AND r.state <> 'open' AND r.closed_at < $1::timestamptz
  AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.request_id = r.id AND g.state IN ('ready', 'collected'))
ORDER BY e.at, e.id LIMIT $2::int`

/**
 * Ids of evidence that says something still and is kept no longer, oldest first; none where it is kept for ever.
 * @param now epoch ms
 */
export async function evidenceDue(db: Db, now: number, most: number): Promise<string[]> {
  const { evidenceDays } = await db.installation.findUniqueOrThrow({
    where: { id: 1 },
    select: { evidenceDays: true },
  })
  if (evidenceDays === null) return []
  const before = new Date(now - evidenceDays * DAY_MS).toISOString()
  const rows = await db.$queryRawUnsafe<{ id: string }[]>(DUE, before, most)
  return rows.map(({ id }) => id)
}
