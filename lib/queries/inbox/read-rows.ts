import { isId } from '#lib/core/ids'
import type { RequirementStatus, RiskClass } from '#lib/core/policy/types'
import { FOR_ITS_VALUES } from '#lib/db/client'
import type { Runtime } from '#lib/runtime'
import type { InboxCursor } from '#lib/wire/inbox'
import type { InboxAlertView, InboxFilter, InboxRowView, InboxSort } from '#lib/wire/views/inbox'
import { BEHIND, type Branch, LISTS, type ListName, SILENT } from './lists'
import { NEEDS_ME } from './needs-me'

export interface InboxRecord {
  id: string
  goal: string
  tools: string[]
  environment: string | null
  claimedEnvironment: string | null
  risk: RiskClass
  callerName: string
  /** A change of the installation itself, which its owner asked for in the console. */
  isOwnChange: boolean
  ownerName: string
  state: InboxRowView['state']
  requirements: RequirementStatus[]
  submittedAt: Date
  deadlineAt: Date | null
  closedAt: Date | null
  closedByName: string | null
  closeReason: Record<string, unknown> | null
  grantState: string | null
  grantSince: Date | null
  grantEndsAt: Date | null
  silent: InboxAlertView['kind'] | null
  outcome: string | null
  needsMe: boolean
  isBehind: boolean
  hasMyVote: boolean
}

const COLUMNS = `
r.id, r.goal, r.tools, r.environment, r.contract#>>'{context,environment}' AS "claimedEnvironment", r.risk,
CASE c.kind WHEN 'console' THEN 'The console' ELSE c.name END AS "callerName", c.kind = 'console' AS "isOwnChange", o.name AS "ownerName", r.state, r.requirements, r.submitted_at AS "submittedAt",
r.deadline_at AS "deadlineAt", r.closed_at AS "closedAt", p.name AS "closedByName", r.close_reason AS "closeReason",
g.state AS "grantState", g.outcome, coalesce(g.redeemed_at, g.created_at) AS "grantSince", g.ends_at AS "grantEndsAt",
CASE WHEN g.state = 'ready' AND g.created_at < clock_timestamp() - ${SILENT} THEN 'never_collected'
  WHEN g.state = 'redeemed' AND g.redeemed_at < clock_timestamp() - ${SILENT} THEN 'never_reported' END AS silent,
(${NEEDS_ME}) AS "needsMe", ${BEHIND} AS "isBehind",
EXISTS (SELECT 1 FROM votes v WHERE v.request_id = r.id AND v.person_id = $1 AND v.ended_at IS NULL OFFSET 0) AS "hasMyVote"`

const FROM = `
FROM requests r JOIN callers c ON c.id = r.caller_id JOIN people o ON o.id = c.owner_id
LEFT JOIN people p ON p.id = r.closed_by LEFT JOIN grants g ON g.request_id = r.id`

/** Every order ends with the id, so that rows of one time have one order too. */
const ORDERS = {
  deadline: { key: 'r.deadline_at', isAscending: true },
  newest: { key: 'r.submitted_at', isAscending: false },
  oldest: { key: 'r.submitted_at', isAscending: true },
  closed_last: { key: 'r.closed_at', isAscending: false },
} as const

export interface ListInput {
  list: ListName
  viewerId: string
  filter: InboxFilter
  sort: InboxSort | 'closed_last'
  /** A page costs the same however long the history is. With `isBack` the rows before it come, nearest first. */
  cursor: InboxCursor | null
  limit: number
}

/** Rows are chosen first and drawn after: what is shown of a request is read for those alone that are shown. */
export function readRows(runtime: Runtime, input: ListInput): Promise<InboxRecord[]> {
  const { cursor, filter } = input
  const values: unknown[] = [input.viewerId]
  const value = (one: unknown) => `$${values.push(one)}`
  const { key, isAscending } = ORDERS[input.sort]
  const isUp = cursor?.isBack ? !isAscending : isAscending
  const way = isUp ? 'ASC' : 'DESC'
  const search = searchOf(filter.text, value)
  const filters = filtersOf(filter, value)
  const narrowed = [
    search.where,
    ...filters,
    ...(cursor
      ? [
          `(${key}, r.id) ${isUp ? '>' : '<'} (${value(cursor.at.toISOString())}::timestamptz, ${value(cursor.id)})`,
        ]
      : []),
  ].join(' AND ')
  // In the text, not beside it: a plan for any values then knows too that a page is short.
  const limit = Math.trunc(input.limit)
  // One filter is an index's; what several leave over may be far apart.
  const isSearched = search.isWords || filters.length > 1
  const branches = LISTS[input.list].flatMap(({ where, from, searched, each }: Branch) => {
    const source = isSearched ? searched : from
    if (source === null) return []
    const walked = `(SELECT r.id, ${key} AS at FROM ${source}
      WHERE ${where} AND ${narrowed} ORDER BY ${key} ${way}, r.id ${way} LIMIT ${limit})`
    return each ? `(SELECT walked.* FROM (${each}) one, LATERAL ${walked} walked)` : walked
  })
  return runtime.db.$queryRawUnsafe<InboxRecord[]>(
    `${filters.length > 0 ? FOR_ITS_VALUES : ''}WITH chosen AS MATERIALIZED (
       SELECT id FROM (${branches.join(' UNION ')}) walked ORDER BY at ${way}, id ${way} LIMIT ${limit})
     SELECT ${COLUMNS} ${FROM} WHERE r.id IN (SELECT id FROM chosen) ORDER BY ${key} ${way}, r.id ${way}`,
    ...values,
  )
}

type Value = (one: unknown) => string

/** Only what is asked for is in the statement: an index is found by what is there, not by what may be null. */
function filtersOf(filter: InboxFilter, value: Value): string[] {
  const { risk, callerId, environment, state } = filter
  return [
    ...(risk === null ? [] : [`r.risk = ${value(risk)}`]),
    ...(callerId === null ? [] : [`r.caller_id = ${value(callerId)}`]),
    ...(environment === null ? [] : [`r.environment = ${value(environment)}`]),
    // A silent grant is a list of its own.
    ...(state === null || state.startsWith('never_') ? [] : [`r.state = ${value(state)}`]),
  ]
}

/** A request's whole id finds it wherever it is; anything else is looked for in goal, caller and tools, as it is written. */
function searchOf(text: string, value: Value): { where: string; isWords: boolean } {
  if (text === '') return { where: 'true', isWords: false }
  if (isId('req', text)) return { where: `r.id = ${value(text)}`, isWords: false }
  const like = value(`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`)
  const where = `(r.goal ILIKE ${like} OR r.caller_id = ANY(ARRAY(SELECT id FROM callers WHERE name ILIKE ${like}))
    OR EXISTS (SELECT 1 FROM unnest(r.tools) t WHERE t ILIKE ${like}))`
  return { where, isWords: true }
}
