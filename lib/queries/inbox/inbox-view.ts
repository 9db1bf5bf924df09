import type { CompiledPolicy } from '#lib/core/policy/types'
import type { Runtime } from '#lib/runtime'
import { type InboxQuery, STATES_OF, sortsOf } from '#lib/wire/inbox'
import {
  type InboxFilter,
  type InboxSectionView,
  type InboxView,
  MOST_COUNTED,
} from '#lib/wire/views/inbox'
import { RISK_LABELS } from '../ticket/risk-labels'
import { inboxRow } from './inbox-row'
import { type InboxCounts, readCounts } from './read-counts'
import { type InboxPageRows, readPage } from './read-page'
import { type InboxRecord, type ListInput, readRows } from './read-rows'

/** Rows of a list that is paged. */
const PAGE_ROWS = 50
/** Today is three lists in one, each short: drawing rows is what the page costs, and each list has a view of its own. */
const TODAY_ROWS = 15
const CLOSED_TODAY_ROWS = 10
const MOST_CALLERS = 200

/** The inbox of one person: what needs them first, then what waits for others, then what ended. */
export async function inboxView(
  runtime: Runtime,
  viewerId: string,
  query: InboxQuery,
): Promise<InboxView> {
  const { tab, filter, sort } = query
  const limit = tab === 'today' ? TODAY_ROWS : PAGE_ROWS
  const paged = pagedList(query)
  const pageRead = readPage(runtime, { list: paged, viewerId, query, limit })
  const above = (list: ListInput['list'], order: ListInput['sort'], most: number) =>
    whenFirst(query, pageRead, () =>
      readRows(runtime, { list, viewerId, filter, sort: order, cursor: null, limit: most }),
    )
  const [counts, callers, groups, page, mine, closedToday] = await Promise.all([
    readCounts(runtime, viewerId),
    runtime.db.caller.findMany({
      where: { kind: { not: 'console' } },
      select: { id: true, name: true, environments: true },
      orderBy: { name: 'asc' },
      take: MOST_CALLERS,
    }),
    runtime.db.groupMember.findMany({
      where: { personId: viewerId, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] },
      select: { groupName: true },
    }),
    pageRead,
    paged === 'others' ? above('needs_me', sort, limit + 1) : [],
    tab === 'today' ? above('closed_today', 'closed_last', CLOSED_TODAY_ROWS + 1) : [],
  ])
  const policy = counts.policyVersion && (await runtime.policies.get(counts.policyVersion))
  const viewer = { groups: groups.map(({ groupName }) => groupName) }
  const sections = [
    sectionOf('needs_me', mine, limit, filter, counts.needsMe),
    sectionOf(paged, page.rows, limit, filter, totalOf(paged, counts), page.nextCursor !== null),
    sectionOf('closed', closedToday, CLOSED_TODAY_ROWS, filter, 0),
  ]
  return {
    tab,
    tabCounts: counts.tabs,
    filter,
    sort,
    sorts: sortsOf(tab, filter.state),
    states: STATES_OF[tab],
    riskClasses: Object.entries(RISK_LABELS).map(([id, label]) => ({ id, label })),
    callers: callers.map(({ id, name }) => ({ id, name })),
    environments: [...new Set(callers.flatMap(({ environments }) => environments))].sort(),
    needsMeCount: counts.needsMe,
    firstClosesAt: counts.firstClosesAt?.toISOString() ?? null,
    alerts: counts.alerts,
    sections: sections.flatMap((section) => section(policy ? [policy] : [], viewer)),
    lastChangeAt: counts.lastChangeAt?.toISOString() ?? null,
    nextCursor: page.nextCursor,
    backCursor: page.backCursor,
    isFresh: counts.isFresh,
  }
}

/** Which list of the view is paged. */
function pagedList({ tab, filter }: InboxQuery): ListInput['list'] & InboxSectionView['id'] {
  const { state } = filter
  if (state === 'never_collected' || state === 'never_reported') return state
  return tab === 'today' || tab === 'open' ? 'others' : tab
}

/** What stands on the first page only. Whether a page is the first is known at once, except on the way back to it. */
async function whenFirst(
  { cursor }: InboxQuery,
  page: Promise<InboxPageRows>,
  read: () => Promise<InboxRecord[]>,
): Promise<InboxRecord[]> {
  if (cursor === null) return await read()
  if (!cursor.isBack) return []
  return (await page).isFirst ? await read() : []
}

function sectionOf(
  id: InboxSectionView['id'],
  records: InboxRecord[],
  limit: number,
  filter: InboxFilter,
  total: number | null,
  isMore = records.length > limit,
) {
  const shown = records.slice(0, limit)
  // Under a filter only what is shown is known.
  const isCounted = total !== null && !isNarrowed(filter)
  return (policies: CompiledPolicy[], viewer: { groups: string[] }): InboxSectionView[] =>
    records.length === 0
      ? []
      : [
          {
            id,
            totalCount: isCounted ? Math.max(total, shown.length) : shown.length,
            isMore: isMore && (!isCounted || total <= shown.length),
            rows: shown.map((record) => inboxRow(record, policies, viewer)),
          },
        ]
}

/** What a section is of; null where nobody counted. */
function totalOf(list: InboxSectionView['id'], counts: InboxCounts): number | null {
  const { open, ready, closed } = counts.tabs
  switch (list) {
    case 'needs_me':
      return counts.needsMe
    case 'others':
      // Where counting ended, the rest is not known either.
      return open < MOST_COUNTED ? open - counts.needsMe : MOST_COUNTED
    case 'ready':
      return ready
    case 'closed':
      return closed
    default:
      return null
  }
}

function isNarrowed({ text, risk, callerId, environment, state }: InboxFilter): boolean {
  return [risk, callerId, environment, state].some((one) => one !== null) || text !== ''
}
