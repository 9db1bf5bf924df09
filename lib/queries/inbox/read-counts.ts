import type { Runtime } from '#lib/runtime'
import { type InboxView, MOST_COUNTED } from '#lib/wire/views/inbox'
import { SILENT } from './lists'
import { NEEDS_ME } from './needs-me'

export interface InboxCounts {
  tabs: InboxView['tabCounts']
  needsMe: number
  firstClosesAt: Date | null
  alerts: InboxView['alerts']
  lastChangeAt: Date | null
  isFresh: boolean
  policyVersion: string | null
}

interface Row {
  open: number
  ready: number
  closed: number
  closedToday: number
  needsMe: number
  firstClosesAt: Date | null
  lastChangeAt: Date | null
  neverCollected: AlertRow | null
  neverReported: AlertRow | null
  policyVersion: string | null
}

interface AlertRow {
  count: number
  goal: string
  id: string
  since: string
}

const alertRow = (state: string, since: string) => `
(SELECT jsonb_build_object('count', count(*) OVER (), 'goal', r.goal, 'id', r.id, 'since', g.${since})
 FROM (SELECT * FROM grants WHERE state = '${state}' ORDER BY ends_at LIMIT ${MOST_COUNTED}) g
   JOIN requests r ON r.id = g.request_id WHERE g.${since} < clock_timestamp() - ${SILENT} ORDER BY g.${since} LIMIT 1)`

/** In the order of an index: that way alone is short for certain, however much the planner believes to find. */
const counted = (what: string, order: string) =>
  `(SELECT count(*)::int FROM (SELECT 1 FROM ${what} ORDER BY ${order} LIMIT ${MOST_COUNTED}) s)`

const READ = `
SELECT
  ${counted("requests WHERE state = 'open'", 'deadline_at')} AS open,
  ${counted("grants WHERE state IN ('ready', 'collected', 'redeemed')", 'state, ends_at')} AS ready,
  ${counted("requests WHERE state <> 'open'", 'closed_at DESC, id DESC')} AS closed,
  ${counted("requests WHERE state <> 'open' AND closed_at > now() - interval '24 hours'", 'closed_at DESC, id DESC')} AS "closedToday",
  n.count AS "needsMe", n.first AS "firstClosesAt",
  (SELECT max(at) FROM (SELECT at, stream FROM events ORDER BY seq DESC LIMIT 200) e WHERE stream LIKE 'request:%') AS "lastChangeAt",
  (SELECT version FROM policy_versions WHERE name = $2 ORDER BY ordinal DESC LIMIT 1) AS "policyVersion",
  ${alertRow('ready', 'created_at')} AS "neverCollected",
  ${alertRow('redeemed', 'redeemed_at')} AS "neverReported"
FROM (SELECT count(*)::int AS count, min(mine.deadline_at) AS first FROM (
  SELECT r.deadline_at FROM requests r WHERE ${NEEDS_ME}
  ORDER BY r.deadline_at LIMIT ${MOST_COUNTED}) mine) n`

/** What stands above the lists: how many there are, and what nobody seems to look after. One read. */
export async function readCounts(runtime: Runtime, viewerId: string): Promise<InboxCounts> {
  const rows = await runtime.db.$queryRawUnsafe<Row[]>(READ, viewerId, runtime.policies.name)
  const [row] = rows
  if (!row) throw new Error('Counting gave no row')
  return {
    tabs: {
      today: row.open + row.closedToday,
      needs_me: row.needsMe,
      open: row.open,
      ready: row.ready,
      closed: row.closed,
    },
    needsMe: row.needsMe,
    firstClosesAt: row.firstClosesAt,
    alerts: [
      ...alertOf('never_collected', row.neverCollected),
      ...alertOf('never_reported', row.neverReported),
    ],
    lastChangeAt: row.lastChangeAt,
    isFresh: row.open + row.closed === 0,
    policyVersion: row.policyVersion,
  }
}

function alertOf(
  kind: InboxView['alerts'][number]['kind'],
  row: AlertRow | null,
): InboxView['alerts'] {
  if (!row) return []
  const since = new Date(row.since).toISOString()
  return [{ kind, count: row.count, goal: row.goal, requestId: row.id, since }]
}
