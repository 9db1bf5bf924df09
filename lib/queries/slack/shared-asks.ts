import type { Sql } from '#lib/db/client'

/** More are counted by nobody. */
const MOST_ASKS = 1_000

/** Open requests that share a card, beside the one that its buttons act on; oldest first. */
export async function equalAsks(
  sql: Sql,
  card: { id: string; requestId: string | null },
): Promise<{ requestId: string; submittedAt: string }[]> {
  const rows = await sql.$queryRawUnsafe<{ id: string; submitted_at: Date }[]>(
    `SELECT r.id, r.submitted_at FROM slack_deliveries d JOIN requests r ON r.id = d.request_id
     WHERE d.message_id = $1 AND r.id <> $2 AND r.state = 'open' ORDER BY r.id LIMIT ${MOST_ASKS}`,
    card.id,
    card.requestId ?? '',
  )
  return rows.map((row) => ({ requestId: row.id, submittedAt: row.submitted_at.toISOString() }))
}

export interface DigestCounts {
  now: string
  callerName: string
  counts: { asked: number; open: number; ended: number }
  tools: { tool: string; count: number }[]
}

/** What a digest tells of; null when it tells of nothing. */
export async function digestCounts(sql: Sql, messageId: string): Promise<DigestCounts | null> {
  const rows = await sql.$queryRawUnsafe<
    { name: string; now: Date; asked: number; open: number; tools: Record<string, number> }[]
  >(
    `WITH asks AS (SELECT r.* FROM slack_deliveries d JOIN requests r ON r.id = d.request_id WHERE d.message_id = $1)
     SELECT c.name, clock_timestamp() AS now, count(*)::int AS asked, (count(*) FILTER (WHERE a.state = 'open'))::int AS open,
       (SELECT jsonb_object_agg(tool, asked) FROM (
         SELECT tool, count(*) AS asked FROM asks, unnest(asks.tools) AS tool GROUP BY tool) t) AS tools
     FROM asks a JOIN callers c ON c.id = a.caller_id GROUP BY c.name`,
    messageId,
  )
  const [row] = rows
  if (!row) return null
  const tools = Object.entries(row.tools).map(([tool, count]) => ({ tool, count }))
  return {
    now: row.now.toISOString(),
    callerName: row.name,
    counts: { asked: row.asked, open: row.open, ended: row.asked - row.open },
    tools: tools.sort((a, b) => b.count - a.count || a.tool.localeCompare(b.tool)),
  }
}
