import type { Db } from '#lib/db/client'
import type { Span } from './read-counts'

/** Why requests are held is read of this many of the newest: what they say is long. */
export const MOST_HELD_READ = 5_000
const MOST_CAUSES = 15

export interface CauseRow {
  /** Id of a requirement, or the code of an issue that no requirement ends. */
  cause: string
  isRequirement: boolean
  count: number
  /** Held requests that were read. */
  readCount: number
}

const CAUSES = `
WITH held AS MATERIALIZED (
  SELECT id FROM requests
  WHERE state <> 'open' AND opened_at IS NOT NULL AND closed_at >= $1::timestamptz AND closed_at < $2::timestamptz
  ORDER BY closed_at DESC, id DESC LIMIT ${MOST_HELD_READ})
SELECT said.cause, said."isRequirement", count(DISTINCT held.id)::int AS count,
  (SELECT count(*)::int FROM held) AS "readCount"
FROM held CROSS JOIN LATERAL (SELECT outstanding, issues FROM decisions WHERE request_id = held.id AND ordinal = 1 LIMIT 1) first
CROSS JOIN LATERAL (
  SELECT unnest(first.outstanding) AS cause, true AS "isRequirement"
  UNION ALL
  SELECT issue ->> 'code', false FROM jsonb_array_elements(first.issues) issue
  WHERE issue ->> 'severity' = 'defer' AND issue ->> 'requirement' IS NULL) said
GROUP BY said.cause, said."isRequirement" ORDER BY count DESC, said.cause LIMIT ${MOST_CAUSES}`

/** What the first evaluation of held requests found missing, most often first. */
export function readCauses(db: Db, { from, to }: Span): Promise<CauseRow[]> {
  return db.$queryRawUnsafe<CauseRow[]>(CAUSES, from, to)
}
