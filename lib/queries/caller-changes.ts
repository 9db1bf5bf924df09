import type { Runtime } from '#lib/runtime'
import type { RequestChange } from '#lib/wire/event'

/** A change is dated before it is committed and told: this much earlier it may have been missed at that moment. */
const MARGIN = "interval '2 seconds'"
/** Newest entries of all requests that are looked through; what is further back is not told one by one. */
const MOST_ENTRIES = 5_000
/** Clocks of one installation differ by less. */
const LONGEST_AHEAD_MS = 60_000

/** A request as it stands, and whose it is. */
export interface CallerChange {
  callerId: string
  change: RequestChange
}

export interface CallerChanges {
  /** By the database's clock: whatever was committed before this is told here. */
  readAt: Date
  /** It is too long ago, or too much, to be told one by one. */
  isAll: boolean
  changes: CallerChange[]
}

const CHANGE = `jsonb_build_object('callerId', r.caller_id, 'change', jsonb_build_object(
  'request_id', r.id, 'state', r.state, 'verdict', r.verdict, 'grant_state', g.state))`

const OF_REQUESTS = `
SELECT ${CHANGE} AS told FROM requests r LEFT JOIN grants g ON g.request_id = r.id WHERE r.id = ANY($1::text[])`

// The statement's time is not later than what the statement sees.
const SINCE = `
WITH newest AS MATERIALIZED (SELECT at, stream FROM events ORDER BY seq DESC LIMIT ${MOST_ENTRIES}),
changed AS (SELECT DISTINCT substr(stream, 9) AS id FROM newest
  WHERE at > $2::timestamptz - ${MARGIN} AND stream LIKE 'request:%')
SELECT statement_timestamp() AS "readAt",
  (SELECT count(*) = ${MOST_ENTRIES} AND min(at) > $2::timestamptz - ${MARGIN} FROM newest) AS "isCut",
  (SELECT coalesce(jsonb_agg(${CHANGE} ORDER BY r.id), '[]') FROM changed c JOIN requests r ON r.id = c.id
    LEFT JOIN grants g ON g.request_id = r.id WHERE r.caller_id = ANY($1::text[])) AS changes`
const NOW = `SELECT statement_timestamp() AS "readAt", true AS "isCut", '[]'::jsonb AS changes`

/** How these requests stand now, whoever's they are. */
export async function changesOf(runtime: Runtime, requestIds: string[]): Promise<CallerChange[]> {
  const rows = await runtime.db.$queryRawUnsafe<{ told: CallerChange }[]>(OF_REQUESTS, requestIds)
  return rows.map(({ told }) => told)
}

/**
 * How the requests of some callers stand that may have changed since a moment of the database's clock. As with
 * `changedSince` time is the position, and what is told twice costs one more reading.
 *
 * @param input.since null: nobody knows since when
 */
export async function callerChangesSince(
  runtime: Runtime,
  input: { callerIds: string[]; since: Date | null },
): Promise<CallerChanges> {
  const { callerIds, since } = input
  const read =
    since === null
      ? runtime.db.$queryRawUnsafe<Row[]>(NOW)
      : runtime.db.$queryRawUnsafe<Row[]>(SINCE, callerIds, since.toISOString())
  const [row] = await read
  if (!row) throw new Error('Looking for changes gave no row')
  // A position that is yet to come is none: nothing would ever be told.
  const isKnown = since !== null && since.getTime() < row.readAt.getTime() + LONGEST_AHEAD_MS
  const isAll = !isKnown || row.isCut
  return { readAt: row.readAt, isAll, changes: isAll ? [] : row.changes }
}

interface Row {
  readAt: Date
  isCut: boolean
  changes: CallerChange[]
}
