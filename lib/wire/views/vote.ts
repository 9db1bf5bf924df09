import type {
  ChannelView,
  GrantStateView,
  Instant,
  MfaMethodView,
  OutcomeView,
  Prose,
} from './common'

/* ---- Votes ---- */

export interface SignaturesView {
  /** "One needed, none given." */
  summary: Prose
  /** In drawing order: needed and given ones first, void ones after. */
  lines: SignatureView[]
}

export type SignatureView =
  | { kind: 'empty'; roleLabel: string; note: Prose }
  | ({ kind: 'signed'; note: Prose } & VoteView)
  | ({ kind: 'void'; note: Prose } & VoteView)

/** `note` of a void one completes "Void: …" ("given before the plan was on file"); of a rejection it is the reason. */
export interface VoteView {
  id: string
  choice: 'approve' | 'reject'
  name: string
  /** The group it counts for: "Release manager". */
  roleLabel: string
  method: MfaMethodView
  channel: ChannelView
  at: Instant
  /** The words of the review it was bound to. */
  words: DigestWordsView
}

/** Six words of the review digest, in order. */
export type DigestWordsView = readonly [string, string, string, string, string, string]

/** What a vote is bound to. */
export interface ReviewView {
  /** sha-256:<64 hex>; sent back with the vote and compared. */
  digest: string
  words: DigestWordsView
  /** Nothing executable is bound: said beside the button. */
  isUnbound: boolean
  /** A message to those who may vote shows the same words in Slack, to be compared. */
  isInSlack: boolean
  changes: ReviewChangesView
}

/** What people did to the review since the ticket opened: an open page tells by it whether its viewer made the latest change. */
export interface ReviewChangesView {
  count: number
  isLastByViewer: boolean
  /** "Aiko Mori attached a rollback plan at 11:20:44." */
  last: Prose | null
}

export interface VoteBarView {
  /** Null when the ticket is not open. */
  review: ReviewView | null
  canVote: boolean
  /** "You own ci-release, which asked for it. Mara Lindqvist, Tomás Rey or Aiko Mori can vote." */
  whyNot: Prose | null
  /** The viewer's counted approval must be given again for the new words. */
  isConfirmation: boolean
  /** What the policy accepts, best first. A method the viewer has not enrolled is listed with `isEnrolled: false`. */
  methods: { method: MfaMethodView; isEnrolled: boolean }[]
  /** The viewer's live vote. */
  mine: { choice: 'approve' | 'reject'; at: Instant } | null
  /** Approvals given and needed; null where policy asks for none, and once the ticket has ended. */
  tally: VoteTallyView | null
  /** When voting ends by itself; null once the ticket has ended. */
  closesAt: Instant | null
  /** How it ended; null while it is open. */
  ended: VoteResultView | null
  rejectReasons: RejectReasonView[]
}

export interface VoteTallyView {
  counted: number
  needed: number
}

/** What has happened, in a bold sentence and what follows from it. */
export interface VoteResultView {
  tone: 'go' | 'hold' | 'stop' | 'plain'
  /** "Rejected by Tomás Rey at 14:02:11, nothing will run." */
  lead: Prose
  text: Prose
}

export interface RejectReasonView {
  code: string
  label: string
}

/* ---- Grant ---- */

export interface GrantView {
  state: GrantStateView
  readyAt: Instant
  /** "4 of 4 met" */
  readyNote: Prose
  /** End of the execution window. */
  windowEndsAt: Instant
  collected: { at: Instant; byName: string; tokenExpiresAt: Instant } | null
  redeemed: { at: Instant; byName: string } | null
  reported: { at: Instant; outcome: OutcomeView; detail: string | null } | null
  /** With `lapsed`, `revoked` and `burnt`. The reason says that nothing ran. */
  ended: { at: Instant; reason: Prose } | null
  /** When a person is told that no outcome was reported. */
  remindAt: Instant | null
  /** What redeem checked again, in order. */
  checks: GrantCheckView[]
  canRevoke: boolean
}

export interface GrantCheckView {
  label: string
  found: Prose
  isOk: boolean
  /** "Equal", "Eligible", "ALLOW" */
  result: string
}
