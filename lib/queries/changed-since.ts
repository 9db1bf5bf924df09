import { isId } from '#lib/core/ids'
import type { Runtime } from '#lib/runtime'

/** A change is dated before it is committed and told: this much earlier it may have been missed at that moment. */
const MARGIN = "interval '2 seconds'"
/** Entries that are looked through; what is further back is not told one by one. */
const MOST_ENTRIES = 1_000
/** Clocks of one installation differ by less. */
const LONGEST_AHEAD_MS = 60_000
/** More than these are told as "anything". */
const MOST_TOLD = 50

/** What was missed, by the database's clock. */
export interface Missed {
  /** Whatever was committed before this is told here. */
  readAt: Date
  /** It is too much, or too long ago, to be told one by one. */
  isAll: boolean
  requestIds: string[]
}

/**
 * Requests that may have changed since a moment of the database's clock: a page was read then, or heard of changes until
 * then. Entries have no order of commits that could be a position: transactions do not commit in the order they wrote in.
 * Time has one, but for a margin, and what is told twice costs one more reading.
 *
 * @param input.since null: nobody knows since when, so everything may have changed
 */
export async function changedSince(
  runtime: Runtime,
  input: { requestId: string | null; since: Date | null },
): Promise<Missed> {
  const { requestId, since } = input
  const from = (since ?? new Date(0)).toISOString()
  const read =
    requestId === null
      ? runtime.db.$queryRawUnsafe<Row[]>(OF_ALL, from)
      : runtime.db.$queryRawUnsafe<Row[]>(OF_ONE, from, `request:${requestId}`)
  const [row] = await read
  if (!row) throw new Error('Looking for changes gave no row')
  const ids = [...new Set(row.streams.flatMap(requestOf))]
  // A position that is yet to come is none: nothing would ever be told.
  const isKnown = since !== null && since.getTime() < row.readAt.getTime() + LONGEST_AHEAD_MS
  const isAll = !isKnown || row.streams.length >= MOST_ENTRIES || ids.length > MOST_TOLD
  return { readAt: row.readAt, isAll, requestIds: isAll ? [] : ids }
}

interface Row {
  readAt: Date
  streams: string[]
}

function requestOf(stream: string): string[] {
  const id = stream.replace(/^request:/, '')
  return isId('req', id) ? [id] : []
}

// The statement's time is not later than what the statement sees.
const OF_ONE = `
SELECT statement_timestamp() AS "readAt", ARRAY(
  SELECT stream FROM events WHERE stream = $2 AND at > $1::timestamptz - ${MARGIN} LIMIT 1) AS streams`
const OF_ALL = `
SELECT statement_timestamp() AS "readAt", ARRAY(
  SELECT e.stream FROM (SELECT at, stream FROM events ORDER BY seq DESC LIMIT ${MOST_ENTRIES}) e
  WHERE e.at > $1::timestamptz - ${MARGIN}) AS streams`
