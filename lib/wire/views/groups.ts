import type { Instant, ProofWays } from './common'
import type { DualControlView } from './people'

/** The groups that approve. */
export interface GroupsView {
  rows: GroupRowView[]
  /** What policy asks for and nobody could give as the groups are now, a sentence each. */
  gaps: string[]
  /** For admins alone. */
  acts: GroupActsView | null
}

export interface GroupActsView {
  ways: ProofWays
  dualControl: DualControlView
}

export interface GroupRowView {
  name: string
  label: string
  /** Everybody with the role of admin, and nobody else. */
  isByRole: boolean
  /** Policy names it and nobody has made it. */
  isMissing: boolean
  memberCount: number
  /** Of them, those whose membership ends by itself. */
  endingCount: number
  /** What asks for its votes: "The rule money_outward". */
  neededBy: string[]
  /** Open tickets that wait for its votes. */
  openCount: number
}

export interface GroupView extends GroupRowView {
  gaps: string[]
  members: MemberView[]
  /** Open tickets that wait for its votes, the newest of them. `goal`: caller's text. */
  open: { id: string; goal: string }[]
  acts: (GroupActsView & { candidates: CandidatesView }) | null
}

export interface MemberView {
  id: string
  name: string
  email: string
  /** Without a confirmed factor nobody votes. */
  hasFactor: boolean
  endsAt: Instant | null
  addedAt: Instant
  addedByName: string | null
}

/** Who could be put into it: active, with a role for it, and not in it. */
export interface CandidatesView {
  people: { id: string; name: string; email: string }[]
  /** There are more than are listed. */
  hasMore: boolean
}
