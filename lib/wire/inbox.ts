import { z } from 'zod'
import { isId } from '#lib/core/ids'
import type { Refusal } from '#lib/core/refusals'
import { MOST_REJECTED } from '#lib/core/ticket/batch'
import type { InboxSort, InboxStateFilter, InboxTab } from '#lib/wire/views/inbox'
import { storableText } from './text'
import { rejectForm, reviewForm } from './vote'

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())
const text = first.pipe(storableText.trim().max(200).catch(''))

export const INBOX_TABS = ['today', 'needs_me', 'mine', 'open', 'ready', 'closed', 'all'] as const

const ENDED = ['released', 'rejected', 'denied', 'expired', 'cancelled', 'superseded'] as const
const SILENT = ['never_collected', 'never_reported'] as const

/** States that a view can be narrowed to. */
export const STATES_OF: Record<InboxTab, readonly InboxStateFilter[]> = {
  today: [],
  needs_me: [],
  mine: ['open', ...ENDED],
  open: [],
  ready: SILENT,
  closed: ENDED,
  all: ['open', ...ENDED],
}

/** Orders of a list, the one it has unless told otherwise first. Only what is open has a deadline to come. */
export function sortsOf(tab: InboxTab, state: InboxStateFilter | null): readonly InboxSort[] {
  if (tab === 'today' || tab === 'needs_me' || tab === 'open') {
    return ['deadline', 'newest', 'oldest']
  }
  if (state === 'never_collected' || state === 'never_reported') return ['oldest', 'newest']
  return state === 'open' ? ['newest', 'oldest', 'deadline'] : ['newest', 'oldest']
}

/** Where a page begins: after the last row of the page before, or before the first row of the page behind it. */
export interface InboxCursor {
  isBack: boolean
  /** Of the row's time that the list is ordered by: deadline or submission. */
  at: Date
  id: string
}

/** What the inbox's address says. Anything odd in it is as if it were not there: a link never breaks the page. */
export const inboxQuery = z
  .object({
    view: first.pipe(z.enum([...INBOX_TABS, ...SILENT]).catch('today')),
    q: text,
    risk: text,
    caller: text,
    environment: text,
    state: text,
    sort: text,
    cursor: text,
  })
  .transform((asked) => {
    const { tab, state } = viewOf(asked.view, asked.state)
    const sorts = sortsOf(tab, state)
    const sort = sorts.find((one) => one === asked.sort) ?? sorts[0] ?? 'newest'
    return {
      tab,
      filter: {
        text: asked.q,
        risk: asked.risk || null,
        callerId: asked.caller || null,
        environment: asked.environment || null,
        state,
      },
      sort,
      cursor: readCursor(asked.cursor, sort),
    }
  })
export type InboxQuery = z.output<typeof inboxQuery>

/** What nobody seems to look after has an address of its own, and is what is ready to run, narrowed. */
function viewOf(
  view: InboxTab | (typeof SILENT)[number],
  asked: string,
): { tab: InboxTab; state: InboxStateFilter | null } {
  if (view === 'never_collected' || view === 'never_reported') return { tab: 'ready', state: view }
  return { tab: view, state: STATES_OF[view].find((one) => one === asked) ?? null }
}

/** `after.newest.1773657129181.req_…`: read only under the order it was written for. */
export function cursorText(cursor: InboxCursor, sort: InboxSort): string {
  return `${cursor.isBack ? 'before' : 'after'}.${sort}.${cursor.at.getTime()}.${cursor.id}`
}

/** End of the year 9999: later years have another form of RFC 3339, which the database does not read. */
const LATEST_MS = 253_402_300_799_999

function readCursor(text: string, sort: InboxSort): InboxCursor | null {
  const [way, order, ms = '', id = '', ...rest] = text.split('.')
  if ((way !== 'after' && way !== 'before') || order !== sort || rest.length > 0) return null
  const at = /^\d{1,16}$/.test(ms) ? Number(ms) : Number.NaN
  if (!(at <= LATEST_MS) || !isId('req', id)) return null
  return { isBack: way === 'before', at: new Date(at), id }
}

const requestId = z.string().refine((id) => isId('req', id), 'This is not the id of a request.')

/** Ids only: a batch is what somebody pointed at, never "all that match". */
export const selectedIds = z.array(requestId).min(1).max(MOST_REJECTED).refine(areDistinct, 'twice')

/** Several rejections. There is no choice in it: nothing can be approved in a batch. */
export const rejectManyForm = z.strictObject({
  items: z
    .array(z.strictObject({ requestId, reviewDigest: reviewForm.shape.reviewDigest }))
    .min(1)
    .max(MOST_REJECTED)
    .refine((items) => areDistinct(items.map((item) => item.requestId)), 'twice'),
  reason: rejectForm.shape.reason,
  note: rejectForm.shape.note,
})

function areDistinct(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length
}

/** What came of one vote of a batch. `fault`: it is not known whether it was rejected; asked again, the ticket itself says. */
export type RejectedItem = { requestId: string } & (
  | { kind: 'rejected'; voteId: string }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'fault' }
)
