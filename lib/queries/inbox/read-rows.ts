import type { RequirementStatus, RiskClass } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import type { InboxRowView } from '#lib/wire/views-inbox'
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

/** $2 text as a LIKE pattern, $3 the text itself, $4 risk, $5 caller, $6 and $7 the cursor. */
const FILTER = `
($2 = '' OR r.goal ILIKE $2 OR r.id = $3 OR c.name ILIKE $2 OR EXISTS (SELECT 1 FROM unnest(r.tools) t WHERE t ILIKE $2))
AND ($4::text IS NULL OR r.risk = $4) AND ($5::text IS NULL OR r.caller_id = $5)
AND ($6::timestamptz IS NULL OR (r.submitted_at, r.id) < ($6::timestamptz, $7))`

/** Which requests a list holds, and which of them come first where there are more. */
const LISTS = {
  needs_me: { where: NEEDS_ME, order: 'r.deadline_at, r.id' },
  others: {
    where: `r.state = 'open' AND NOT (${NEEDS_ME})`,
    order: 'r.submitted_at DESC, r.id DESC',
  },
  ready: {
    where: "r.state = 'released' AND g.state IN ('ready', 'collected', 'redeemed')",
    order: 'r.submitted_at DESC, r.id DESC',
  },
  closed: { where: "r.state <> 'open'", order: 'r.submitted_at DESC, r.id DESC' },
  closed_today: {
    where: "r.state <> 'open' AND r.closed_at > clock_timestamp() - interval '24 hours'",
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
  const { where, order } = LISTS[input.list]
  const { text, risk, callerId } = input.filter
  return runtime.db.$queryRawUnsafe<InboxRecord[]>(
    `SELECT ${COLUMNS} ${FROM} WHERE ${where} AND ${FILTER} ORDER BY ${order} LIMIT $8`,
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
