import type { RequirementStatus, RiskClass } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import type { InboxRowView, InboxSectionView, InboxTab, InboxView } from '#lib/wire/views-inbox'
import { RISK_LABELS } from '../ticket/risk-labels'
import { inboxRow } from './inbox-row'
import { NEEDS_ME } from './needs-me'

/** Rows of one section on one page. */
const PAGE_ROWS = 50
const CLOSED_TODAY_ROWS = 20

export interface InboxQuery {
  tab: InboxTab
  text: string
  risk: string | null
  callerId: string | null
  cursor: { submittedAt: Date; id: string } | null
}

export interface InboxRecord {
  id: string
  goal: string
  tools: string[]
  environment: string | null
  claimedEnvironment: string | null
  risk: RiskClass
  callerName: string
  ownerName: string
  state: InboxRowView['state']
  requirements: RequirementStatus[]
  waitingGroups: string[]
  submittedAt: Date
  deadlineAt: Date | null
  closedAt: Date | null
  closedByName: string | null
  closeReason: Record<string, unknown> | null
  grantState: string | null
  outcome: string | null
  needsMe: boolean
  hasMyVote: boolean
}

const COLUMNS = `
r.id, r.goal, r.tools, r.environment, r.contract#>>'{context,environment}' AS "claimedEnvironment", r.risk,
c.name AS "callerName", o.name AS "ownerName", r.state, r.requirements, r.waiting_groups AS "waitingGroups",
r.submitted_at AS "submittedAt", r.deadline_at AS "deadlineAt", r.closed_at AS "closedAt", p.name AS "closedByName",
r.close_reason AS "closeReason", g.state AS "grantState", g.outcome,
(${NEEDS_ME}) AS "needsMe",
EXISTS (SELECT 1 FROM votes v WHERE v.request_id = r.id AND v.person_id = $1 AND v.ended_at IS NULL) AS "hasMyVote"`
const FROM = `
FROM requests r JOIN callers c ON c.id = r.caller_id JOIN people o ON o.id = c.owner_id
LEFT JOIN people p ON p.id = r.closed_by LEFT JOIN grants g ON g.request_id = r.id`
/** $2 text, $3 risk, $4 caller, $5 and $6 the cursor. */
const FILTER = `
($2 = '' OR r.goal ILIKE '%' || $2 || '%' OR r.id = $2 OR EXISTS (SELECT 1 FROM unnest(r.tools) t WHERE t ILIKE '%' || $2 || '%'))
AND ($3::text IS NULL OR r.risk = $3) AND ($4::text IS NULL OR r.caller_id = $4)
AND ($5::timestamptz IS NULL OR (r.submitted_at, r.id) < ($5, $6))`
const STATES: Record<InboxTab, string> = {
  today: "r.state = 'open'",
  open: "r.state = 'open'",
  ready: "r.state = 'released' AND g.state IN ('ready', 'collected', 'redeemed')",
  closed: "r.state <> 'open'",
}

/** The inbox of one person: what needs them first, then what waits for others, then what ended. */
export async function inboxView(
  runtime: Runtime,
  viewerId: string,
  query: InboxQuery,
): Promise<InboxView> {
  const [rows, closedToday, counts, callers] = await Promise.all([
    read(runtime, viewerId, query, STATES[query.tab], PAGE_ROWS + 1),
    query.tab === 'today' && query.cursor === null
      ? read(
          runtime,
          viewerId,
          query,
          "r.state <> 'open' AND r.closed_at > clock_timestamp() - interval '24 hours'",
          CLOSED_TODAY_ROWS,
        )
      : [],
    readCounts(runtime, viewerId),
    runtime.db.caller.findMany({
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: 200,
    }),
  ])
  const shown = rows.slice(0, PAGE_ROWS)
  const last = rows.length > PAGE_ROWS ? shown.at(-1) : undefined
  const mine = shown.filter(({ needsMe }) => needsMe)
  const deadlines = mine.flatMap(({ deadlineAt }) => (deadlineAt ? [deadlineAt.getTime()] : []))
  return {
    tab: query.tab,
    tabCounts: counts.tabs,
    filter: { text: query.text, risk: query.risk, callerId: query.callerId },
    riskClasses: Object.entries(RISK_LABELS).map(([id, label]) => ({ id, label })),
    callers,
    needsMeCount: counts.needsMe,
    firstClosesAt: deadlines.length === 0 ? null : new Date(Math.min(...deadlines)).toISOString(),
    alerts: counts.alerts,
    sections: sectionsOf(query.tab, shown, closedToday, counts.needsMe, counts.tabs),
    lastChangeAt: counts.lastChangeAt?.toISOString() ?? null,
    nextCursor: last ? `${last.submittedAt.toISOString()} ${last.id}` : null,
    isFresh: counts.isFresh,
  }
}

function read(
  runtime: Runtime,
  viewerId: string,
  query: InboxQuery,
  states: string,
  limit: number,
): Promise<InboxRecord[]> {
  return runtime.db.$queryRawUnsafe<InboxRecord[]>(
    `SELECT ${COLUMNS} ${FROM} WHERE ${states} AND ${FILTER} ORDER BY r.submitted_at DESC, r.id DESC LIMIT $7`,
    viewerId,
    query.text,
    query.risk,
    query.callerId,
    query.cursor?.submittedAt ?? null,
    query.cursor?.id ?? '',
    limit,
  )
}

function sectionsOf(
  tab: InboxTab,
  rows: InboxRecord[],
  closedToday: InboxRecord[],
  needsMeCount: number,
  counts: Record<InboxTab, number>,
): InboxSectionView[] {
  const section = (
    id: InboxSectionView['id'],
    records: InboxRecord[],
    totalCount: number,
  ): InboxSectionView[] =>
    records.length === 0 ? [] : [{ id, totalCount, rows: records.map(inboxRow) }]
  if (tab === 'ready') return section('ready', rows, counts.ready)
  if (tab === 'closed') return section('closed', rows, counts.closed)
  const mine = byDeadline(rows.filter(({ needsMe }) => needsMe))
  const others = byDeadline(rows.filter(({ needsMe }) => !needsMe))
  return [
    ...section('needs_me', mine, needsMeCount),
    ...section('others', others, counts.open - needsMeCount),
    ...section('closed', closedToday, closedToday.length),
  ]
}

function byDeadline(rows: InboxRecord[]): InboxRecord[] {
  const closes = (row: InboxRecord) => row.deadlineAt?.getTime() ?? Number.POSITIVE_INFINITY
  return [...rows].sort((a, b) => closes(a) - closes(b))
}

interface Counts {
  tabs: Record<InboxTab, number>
  needsMe: number
  alerts: InboxView['alerts']
  lastChangeAt: Date | null
  isFresh: boolean
}

interface CountRow {
  open: number
  ready: number
  closed: number
  closedToday: number
  needsMe: number
  lastChangeAt: Date | null
  neverCollected: AlertRow | null
  neverReported: AlertRow | null
}

interface AlertRow {
  count: number
  goal: string
  id: string
  since: string
}

const alert = (condition: string, since: string) => `
(SELECT jsonb_build_object('count', count(*) OVER (), 'goal', r.goal, 'id', r.id, 'since', ${since})
 FROM grants g JOIN requests r ON r.id = g.request_id WHERE ${condition} ORDER BY ${since} LIMIT 1)`

const COUNT = `
SELECT
  (SELECT count(*)::int FROM requests WHERE state = 'open') AS open,
  (SELECT count(*)::int FROM grants WHERE state IN ('ready', 'collected', 'redeemed')) AS ready,
  (SELECT count(*)::int FROM (SELECT 1 FROM requests WHERE state <> 'open' LIMIT 10000) s) AS closed,
  (SELECT count(*)::int FROM requests WHERE state <> 'open' AND closed_at > clock_timestamp() - interval '24 hours') AS "closedToday",
  (SELECT count(*)::int FROM requests r JOIN callers c ON c.id = r.caller_id WHERE ${NEEDS_ME}) AS "needsMe",
  (SELECT max(at) FROM events WHERE stream LIKE 'request:%' AND seq > (SELECT max(seq) FROM events) - 1000) AS "lastChangeAt",
  ${alert("g.state = 'ready' AND g.created_at < clock_timestamp() - interval '15 minutes'", 'g.created_at')} AS "neverCollected",
  ${alert("g.state = 'redeemed' AND g.redeemed_at < clock_timestamp() - interval '15 minutes'", 'g.redeemed_at')} AS "neverReported"`

async function readCounts(runtime: Runtime, viewerId: string): Promise<Counts> {
  const [row] = await runtime.db.$queryRawUnsafe<CountRow[]>(COUNT, viewerId)
  if (!row) throw new Error('Counting gave no row')
  return {
    tabs: {
      today: row.open + row.closedToday,
      open: row.open,
      ready: row.ready,
      closed: row.closed,
    },
    needsMe: row.needsMe,
    alerts: [
      ...alertView('never_collected', row.neverCollected),
      ...alertView('never_reported', row.neverReported),
    ],
    lastChangeAt: row.lastChangeAt,
    isFresh: row.open + row.closed === 0,
  }
}

function alertView(
  kind: InboxView['alerts'][number]['kind'],
  row: AlertRow | null,
): InboxView['alerts'] {
  if (!row) return []
  const since = new Date(row.since).toISOString()
  return [{ kind, count: row.count, goal: row.goal, requestId: row.id, since }]
}
