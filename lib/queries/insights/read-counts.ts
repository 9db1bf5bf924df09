import type { Db } from '#lib/db/client'

/** From when until when, RFC 3339; the end is not in it. */
export interface Span {
  from: string
  to: string
}

export interface EndingRow {
  state: string
  /** Whether it was ever held. */
  isHeld: boolean
  count: number
}

export interface SpeedRow {
  /** Of which this is: a policy version, a risk class, or both null for all of them. */
  policyVersion: string | null
  risk: string | null
  count: number
  p50Ms: number
  p90Ms: number
}

const IN_SPAN = 'closed_at >= $1::timestamptz AND closed_at < $2::timestamptz'

/** Answered by the index of what is closed alone (requests_closed_at). */
const ENDINGS = `
SELECT state, opened_at IS NOT NULL AS "isHeld", count(*)::int AS count
FROM requests WHERE state <> 'open' AND ${IN_SPAN} GROUP BY 1, 2`

/** In the very words of the index that holds just these (requests_decided_by_people). */
const DECIDED = `opened_at IS NOT NULL
  AND (state = 'rejected' OR (state = 'released' AND close_reason -> 'approvals' -> 0 IS NOT NULL))`

const SPEEDS = `
SELECT policy_version AS "policyVersion", risk, count(*)::int AS count,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS "p50Ms", percentile_cont(0.9) WITHIN GROUP (ORDER BY ms) AS "p90Ms"
FROM (SELECT policy_version, risk, (extract(epoch FROM closed_at - opened_at) * 1000)::float8 AS ms
  FROM requests WHERE ${DECIDED} AND ${IN_SPAN}) decided
GROUP BY GROUPING SETS ((policy_version), (risk), ())`

export function readEndings(db: Db, { from, to }: Span): Promise<EndingRow[]> {
  return db.$queryRawUnsafe<EndingRow[]>(ENDINGS, from, to)
}

/** How long people took, of what they decided: by policy version, by risk, and of all. */
export function readSpeeds(db: Db, { from, to }: Span): Promise<SpeedRow[]> {
  return db.$queryRawUnsafe<SpeedRow[]>(SPEEDS, from, to)
}

export function readOpenCount(db: Db): Promise<number> {
  return db.request.count({ where: { state: 'open' } })
}
