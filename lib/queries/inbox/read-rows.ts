import { isId } from '#lib/core/ids'
import type { RequirementStatus, RiskClass } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import { type InboxRowView, MOST_SEARCHED } from '#lib/wire/views-inbox'
import { NEEDS_ME } from './needs-me'

/** Where the page before ended: a page costs the same however long the history is. */
export interface InboxCursor {
  submittedAt: Date
  id: string
}

export interface InboxFilter {
  text: string
  risk: string | null
  callerId: string | null
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
c.name AS "callerName", o.name AS "ownerName", r.state, r.requirements, r.submitted_at AS "submittedAt",
r.deadline_at AS "deadlineAt", r.closed_at AS "closedAt", p.name AS "closedByName", r.close_reason AS "closeReason",
g.state AS "grantState", g.outcome, (${NEEDS_ME}) AS "needsMe",
EXISTS (SELECT 1 FROM votes v WHERE v.request_id = r.id AND v.person_id = $1 AND v.ended_at IS NULL) AS "hasMyVote"`

const FROM = `
FROM requests r JOIN callers c ON c.id = r.caller_id JOIN people o ON o.id = c.owner_id
LEFT JOIN people p ON p.id = r.closed_by LEFT JOIN grants g ON g.request_id = r.id`

/** Rows are chosen first and drawn after: what is shown of a request is read for those alone that are shown. */
const CHOOSE_FROM = `
FROM requests r JOIN callers c ON c.id = r.caller_id`

/** What a text is looked for in, $2 as a LIKE pattern, $3 as it is. A request's whole id finds it wherever it is. */
const SEARCHES = {
  nothing: `$2::text = '' AND $3::text = ''`,
  id: `r.id = $3 AND $2::text <> ''`,
  words: `$3::text <> '' AND (r.goal ILIKE $2 OR c.name ILIKE $2
    OR EXISTS (SELECT 1 FROM unnest(r.tools) t WHERE t ILIKE $2))`,
} as const

/** Words are looked for in this many closed requests, the newest: the history behind them has no end. */
const SEARCHED = `r.submitted_at >= coalesce((SELECT submitted_at FROM requests WHERE state <> 'open'
  ORDER BY submitted_at DESC, id DESC OFFSET ${MOST_SEARCHED} LIMIT 1), '-infinity')`

/** $4 risk, $5 caller, $6 and $7 the cursor. */
const FILTER = `
($4::text IS NULL OR r.risk = $4) AND ($5::text IS NULL OR r.caller_id = $5)
AND ($6::timestamptz IS NULL OR (r.submitted_at, r.id) < ($6::timestamptz, $7))`

/** Which requests a list holds, and which of them come first where there are more. */
const LISTS = {
  needs_me: { where: NEEDS_ME, order: 'r.deadline_at, r.id' },
  others: {
    where: `r.state = 'open' AND NOT (${NEEDS_ME})`,
    order: 'r.submitted_at DESC, r.id DESC',
  },
  ready: {
    where:
      "r.state = 'released' AND r.id IN (SELECT request_id FROM grants WHERE state IN ('ready', 'collected', 'redeemed'))",
    order: 'r.submitted_at DESC, r.id DESC',
  },
  closed: { where: "r.state <> 'open'", order: 'r.submitted_at DESC, r.id DESC' },
  closed_today: {
    where: "r.state <> 'open' AND r.closed_at > now() - interval '24 hours'",
    order: 'r.closed_at DESC, r.id DESC',
  },
} as const

export interface ListInput {
  list: keyof typeof LISTS
  viewerId: string
  filter: InboxFilter
  cursor: InboxCursor | null
  limit: number
}

export function readRows(runtime: Runtime, input: ListInput): Promise<InboxRecord[]> {
  const { list, filter } = input
  const { where, order } = LISTS[list]
  const { text, risk, callerId } = filter
  const search = searchOf(text)
  const bound = search === 'words' && list === 'closed' ? SEARCHED : 'true'
  return runtime.db.$queryRawUnsafe<InboxRecord[]>(
    `SELECT ${COLUMNS} ${FROM} WHERE r.id IN (SELECT chosen.id FROM (
       SELECT r.id ${CHOOSE_FROM} WHERE ${where} AND ${SEARCHES[search]} AND ${bound} AND ${FILTER} ORDER BY ${order} LIMIT $8) chosen)
     ORDER BY ${order}`,
    input.viewerId,
    text === '' ? '' : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`,
    text,
    risk,
    callerId,
    input.cursor?.submittedAt.toISOString() ?? null,
    input.cursor?.id ?? '',
    input.limit,
  )
}

function searchOf(text: string): keyof typeof SEARCHES {
  if (text === '') return 'nothing'
  return isId('req', text) ? 'id' : 'words'
}
