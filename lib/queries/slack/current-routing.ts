import type { Sql } from '#lib/db/client'
import { type Routing, readRouting } from '#lib/wire/slack/routing'

/** The last one read: a version never changes, and reading YAML takes longer than asking which one counts. */
let known: { source: string; routing: Routing | null } | null = null

/** The routing that counts now; null where none was published, or an older release wrote one that this one cannot read. */
export async function currentRouting(sql: Sql): Promise<Routing | null> {
  const rows = await sql.$queryRawUnsafe<{ source: string }[]>(
    'SELECT source FROM slack_routings ORDER BY ordinal DESC LIMIT 1',
  )
  const source = rows[0]?.source
  if (source === undefined) return null
  if (known?.source !== source) {
    const read = readRouting(source)
    known = { source, routing: read.ok ? read.value.routing : null }
  }
  return known.routing
}
