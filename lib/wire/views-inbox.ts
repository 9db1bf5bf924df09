import type { EnvironmentView } from './views'
import type { Instant, Prose, TicketStateView } from './views-common'

/** Counting ends here: a larger number would cost more than it says. Shown as "999+". */
export const MOST_COUNTED = 1_000

/** Words are searched for in this many closed requests, the newest. */
export const MOST_SEARCHED = 10_000

export type InboxTab = 'today' | 'open' | 'ready' | 'closed'

export interface InboxView {
  tab: InboxTab
  tabCounts: Record<InboxTab, number>
  filter: { text: string; risk: string | null; callerId: string | null }
  riskClasses: { id: string; label: string }[]
  callers: { id: string; name: string }[]
  needsMeCount: number
  /** Earliest deadline among those that need the viewer. */
  firstClosesAt: Instant | null
  /** Released and never collected, redeemed and never reported. */
  alerts: InboxAlertView[]
  sections: InboxSectionView[]
  lastChangeAt: Instant | null
  nextCursor: string | null
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
  id: 'needs_me' | 'others' | 'ready' | 'closed'
  totalCount: number
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
  canReject: boolean
}

export interface InboxNeedView {
  /** `aside` explains the line above it. */
  kind: 'missing' | 'opens' | 'aside'
  isYours: boolean
  text: Prose
}
