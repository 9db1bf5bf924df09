import type { CallersQuery } from '../callers'
import type { Instant, PersonView, ProofWays } from './common'

/** What the pages of callers show: registered facts, never what a contract claims. */

export type CallerKindView = 'agent' | 'ci_job'

export interface CallersView {
  tab: CallersQuery['tab']
  /** Counted up to MOST_COUNTED. */
  tabCounts: Record<CallersQuery['tab'], number>
  text: string
  /** Who is no admin sees the callers they own. */
  isAdmin: boolean
  rows: readonly CallerRowView[]
  /** Id of the last row, where there are more. */
  nextAfter: string | null
  /** Whom a new caller may belong to; null for whoever registers none. */
  owners: readonly PersonView[] | null
}

export interface CallerRowView {
  id: string
  name: string
  kind: CallerKindView
  isActive: boolean
  ownerName: string
  /** The owner was deactivated: nobody answers for it. */
  hasOwnerLeft: boolean
  environments: readonly string[]
  liveKeyCount: number
  /** The latest use of any of its keys, to the minute; null: never. */
  lastUsedAt: Instant | null
}

export interface CallerPageView extends CallerRowView {
  ownerId: string
  roles: readonly string[]
  audience: string
  createdAt: Instant
  isAdmin: boolean
  /** How the viewer may prove that it is them. */
  ways: ProofWays
  /** Whom it may belong to, for admins: they alone change what is registered. */
  owners: readonly PersonView[] | null
  keys: readonly KeyView[]
  /** Ended keys that are not shown, older than those that are. */
  hiddenKeyCount: number
  limits: {
    openCount: number
    mostOpen: number
    minuteCount: number
    mostAMinute: number
  }
  /** Its webhook endpoints. */
  endpointCount: number
  /** Where callers reach this installation. */
  publicUrl: string
}

/** By what it may: an agent asks, a runtime runs what was signed. */
export type KeyKindView = 'agent' | 'runtime' | 'other'

export interface KeyView {
  id: string
  name: string
  /** Its first characters. */
  hint: string
  kind: KeyKindView
  scopes: readonly string[]
  madeByName: string
  madeAt: Instant
  endsAt: Instant | null
  revokedAt: Instant | null
  lastUsedAt: Instant | null
  isLive: boolean
}
