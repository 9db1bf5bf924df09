import type { Runtime } from '#lib/runtime'

/** What stands in the database that tells whether things move. Counts are of what is under way, never of the history. */
export interface Standing {
  held: number
  /** Held requests that wait for nothing but their evaluation. */
  unevaluated: number
  grants: Record<string, number>
  outbox: { waiting: number; oldestSeconds: number }
  webhooks: { due: number; late: number; failingEndpoints: number }
  unsealed: number
}

/** What is to be sent. What waits at an endpoint that is disabled or removed is not late: nobody sends it. */
const SENT = `FROM webhook_endpoints w JOIN webhook_deliveries d ON d.endpoint_id = w.id AND d.state = 'due'
  JOIN callers c ON c.id = w.caller_id AND c.active WHERE w.state = 'enabled'`

// Each count is by an index over what is under way alone.
const STANDING = `
SELECT
  (SELECT count(*)::int FROM requests WHERE state = 'open') AS held,
  (SELECT count(*)::int FROM requests WHERE state = 'open' AND evaluated_seq < input_seq) AS unevaluated,
  (SELECT coalesce(jsonb_object_agg(g.state, g.count), '{}') FROM
    (SELECT state, count(*) FROM grants WHERE state IN ('ready', 'collected') GROUP BY state
     UNION ALL SELECT 'redeemed', count(*) FROM grants WHERE state = 'redeemed') g) AS grants,
  (SELECT jsonb_build_object('waiting', count(*), 'oldestSeconds',
    coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)) FROM outbox WHERE done_at IS NULL) AS outbox,
  jsonb_build_object(
    'due', (SELECT count(*) ${SENT}),
    'late', (SELECT count(*) ${SENT} AND d.due_at < clock_timestamp() - interval '1 minute'),
    'failingEndpoints', (SELECT count(*) FROM webhook_endpoints WHERE state = 'enabled' AND failing_since IS NOT NULL)) AS webhooks,
  (SELECT count(*)::int FROM unsealed_events) AS unsealed`

export async function readStanding({ db }: Pick<Runtime, 'db'>): Promise<Standing> {
  const rows = await db.$queryRawUnsafe<Standing[]>(STANDING)
  const [row] = rows
  if (!row) throw new Error('Counting gave no row')
  return row
}
