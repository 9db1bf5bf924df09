import type { CompiledPolicy } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import type { InboxQuery } from '#lib/wire/inbox'
import { type InboxSectionView, type InboxView, MOST_COUNTED } from '#lib/wire/views-inbox'
import { RISK_LABELS } from '../ticket/risk-labels'
import { inboxRow } from './inbox-row'
import { type InboxCounts, readCounts } from './read-counts'
import { type InboxRecord, type ListInput, readRows } from './read-rows'

/** Rows of the list that is paged. */
const PAGE_ROWS = 50
/** What needs one person and is shown at once; the most urgent come first. */
const NEEDS_ME_ROWS = 100
const CLOSED_TODAY_ROWS = 20
const MOST_CALLERS = 200

/** The inbox of one person: what needs them first, then what waits for others, then what ended. */
export async function inboxView(
  runtime: Runtime,
  viewerId: string,
  query: InboxQuery,
): Promise<InboxView> {
  const { tab, filter, cursor } = query
  const isOpenTab = tab === 'today' || tab === 'open'
  const read = (list: ListInput['list'], limit: number) =>
    readRows(runtime, { list, viewerId, filter, cursor: list === paged ? cursor : null, limit })
  const paged = isOpenTab ? 'others' : tab
  const [counts, callers, list, mine, closedToday] = await Promise.all([
    readCounts(runtime, viewerId),
    runtime.db.caller.findMany({
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: MOST_CALLERS,
    }),
    read(paged, PAGE_ROWS + 1),
    isOpenTab && cursor === null ? read('needs_me', NEEDS_ME_ROWS) : [],
    tab === 'today' && cursor === null ? read('closed_today', CLOSED_TODAY_ROWS) : [],
  ])
  const policy = counts.policyVersion && (await runtime.policies.get(counts.policyVersion))
  const shown = list.slice(0, PAGE_ROWS)
  const last = list.length > PAGE_ROWS ? shown.at(-1) : undefined
  const sections = [
    sectionOf('needs_me', mine, filtered(filter, counts.needsMe, mine.length)),
    sectionOf(paged, byDeadline(paged, shown), totalOf(query, counts, shown.length)),
    sectionOf('closed', closedToday, closedToday.length),
  ]
  return {
    tab,
    tabCounts: counts.tabs,
    filter,
    riskClasses: Object.entries(RISK_LABELS).map(([id, label]) => ({ id, label })),
    callers,
    needsMeCount: counts.needsMe,
    firstClosesAt: counts.firstClosesAt?.toISOString() ?? null,
    alerts: counts.alerts,
    sections: sections.flatMap((section) => section(policy ? [policy] : [])),
    lastChangeAt: counts.lastChangeAt?.toISOString() ?? null,
    nextCursor: last ? `${last.submittedAt.toISOString()} ${last.id}` : null,
    isFresh: counts.isFresh,
  }
}

function sectionOf(id: InboxSectionView['id'], records: InboxRecord[], totalCount: number) {
  return (policies: CompiledPolicy[]): InboxSectionView[] =>
    records.length === 0
      ? []
      : [{ id, totalCount, rows: records.map((record) => inboxRow(record, policies)) }]
}

/** What a section is of. Under a filter only what is shown is known. */
function totalOf({ tab, filter }: InboxQuery, counts: InboxCounts, shownCount: number): number {
  const { open } = counts.tabs
  // Where counting ended, the rest is not known either.
  const others = open < MOST_COUNTED ? open - counts.needsMe : MOST_COUNTED
  const totals = {
    today: others,
    open: others,
    ready: counts.tabs.ready,
    closed: counts.tabs.closed,
  }
  return filtered(filter, totals[tab], shownCount)
}

function filtered(filter: InboxQuery['filter'], total: number, shownCount: number): number {
  const isFiltered = filter.text !== '' || filter.risk !== null || filter.callerId !== null
  return isFiltered ? shownCount : Math.max(total, shownCount)
}

/** Open requests are read newest first and shown most urgent first. */
function byDeadline(list: InboxSectionView['id'], rows: InboxRecord[]): InboxRecord[] {
  if (list !== 'others') return rows
  const closes = (row: InboxRecord) => row.deadlineAt?.getTime() ?? Number.POSITIVE_INFINITY
  return [...rows].sort((a, b) => closes(a) - closes(b))
}
