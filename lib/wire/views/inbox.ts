import type { Instant, Prose, TicketStateView } from './common'
import type { EnvironmentView } from './ticket'
import type { ReviewView } from './vote'

/** Counting ends here: a larger number would cost more than it says. Shown as "999+". */
export const MOST_COUNTED = 1_000

/** Words are searched for in this many closed requests, the newest. */
export const MOST_SEARCHED = 10_000

/** `today`: what needs the viewer, what waits for others, what ended in the last 24 hours. `mine`: what they stand behind or voted on. */
export type InboxTab = 'today' | 'needs_me' | 'mine' | 'open' | 'ready' | 'closed' | 'all'

/** By the deadline that comes first, or by submission. */
export type InboxSort = 'deadline' | 'newest' | 'oldest'

/** What a list can be narrowed to: a state, or a grant that has been silent for too long. */
export type InboxStateFilter = TicketStateView | InboxAlertView['kind']

export interface InboxFilter {
  text: string
  risk: string | null
  callerId: string | null
  environment: string | null
  state: InboxStateFilter | null
}

export interface InboxView {
  tab: InboxTab
  /** Of the views whose number says something. */
  tabCounts: Record<Exclude<InboxTab, 'mine' | 'all'>, number>
  filter: InboxFilter
  sort: InboxSort
  /** Orders that this view has, its usual one first. */
  sorts: readonly InboxSort[]
  /** States that this view can be narrowed to. */
  states: readonly InboxStateFilter[]
  riskClasses: { id: string; label: string }[]
  callers: { id: string; name: string }[]
  environments: string[]
  needsMeCount: number
  /** Earliest deadline among those that need the viewer. */
  firstClosesAt: Instant | null
  /** Released and never collected, redeemed and never reported. */
  alerts: InboxAlertView[]
  sections: InboxSectionView[]
  lastChangeAt: Instant | null
  nextCursor: string | null
  /** The page before this one; '' for the first page. Null where this is the first. */
  backCursor: string | null
  /** No request was ever sent to this installation. */
  isFresh: boolean
}

export interface InboxAlertView {
  kind: 'never_collected' | 'never_reported'
  count: number
  /** The oldest of them. Caller's text. */
  goal: string
  requestId: string
  since: Instant
}

export interface InboxSectionView {
  id: 'needs_me' | 'others' | 'mine' | 'ready' | InboxAlertView['kind'] | 'closed' | 'all'
  totalCount: number
  /** There are more than were counted: "50+". */
  isMore: boolean
  rows: InboxRowView[]
}

export interface InboxRowView {
  requestId: string
  /** Caller's text. */
  goal: string
  /** Caller's text: the first tool, and how many more. */
  tool: string
  moreToolCount: number
  environment: EnvironmentView
  riskLabel: string | null
  callerName: string
  ownerName: string
  state: TicketStateView
  closesAt: Instant | null
  closedAt: Instant | null
  /** While open: what is missing, the viewer's first. */
  needs: InboxNeedView[]
  /** When ended: "Ran once, succeeded", "By Tomás Rey: no backup checked". */
  said: Prose | null
  /** Released or redeemed, and not heard of since. */
  silence: { kind: InboxAlertView['kind']; since: Instant; lapsesAt: Instant } | null
  /** Whether the viewer's vote can end it: a member of a group that approves it, who does not stand behind it. */
  canReject: boolean
}

/** A request as it is when several are about to be rejected. */
export interface BatchItemView {
  requestId: string
  /** Caller's text. */
  goal: string
  callerName: string
  ownerName: string
  /** What the rejection is bound to; null where it cannot be rejected. */
  review: Pick<ReviewView, 'digest' | 'words'> | null
  /** Why it cannot be rejected, where that is so. */
  whyNot: Prose | null
}

/** What came of one request of a batch. */
export interface BatchResultView {
  requestId: string
  /** `retry`: it is as it was, and can be read and rejected again. */
  outcome: 'rejected' | 'not_rejected' | 'retry'
  title: string
  text: Prose
}

export interface InboxNeedView {
  /** `aside` explains the line above it. */
  kind: 'missing' | 'opens' | 'aside'
  isYours: boolean
  text: Prose
}
