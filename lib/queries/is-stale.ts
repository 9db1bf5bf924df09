import type { Runtime } from '#lib/runtime'

/** A change is dated before it is committed: this much earlier it may have been missed by a page read at that moment. */
const MARGIN = "interval '2 seconds'"

/** Whether a request (or any, with null) may have changed since a page was read, by the database's clock (RFC 3339). */
export async function isStale(
  runtime: Runtime,
  input: { requestId: string | null; readAt: Date },
): Promise<boolean> {
  const rows = await runtime.db.$queryRawUnsafe<unknown[]>(
    input.requestId === null ? LAST_OF_ALL : LAST_OF_ONE,
    input.readAt.toISOString(),
    ...(input.requestId === null ? [] : [`request:${input.requestId}`]),
  )
  return rows.length > 0
}

const LAST_OF_ONE = `
SELECT 1 FROM events WHERE stream = $2 AND at > $1::timestamptz - ${MARGIN} LIMIT 1`
const LAST_OF_ALL = `
SELECT 1 FROM (SELECT at, stream FROM events ORDER BY seq DESC LIMIT 200) e
WHERE e.at > $1::timestamptz - ${MARGIN} AND e.stream LIKE 'request:%' LIMIT 1`
