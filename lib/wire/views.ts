/**
 * What the console's pages show, as plain JSON: queries fill these field by field, pages only draw them.
 * Times are RFC 3339 strings (`…At`), lengths are milliseconds (`…Ms`). Nothing here is computed by the page
 * but relative time, number format and the words that stand for a closed set (state, verdict, method).
 *
 * Text that a caller sent travels only in the fields whose comment says "caller's text" and in runs of kind
 * `claim`; everything else is Countersign speaking. A page sets the two in different faces.
 */

/** RFC 3339, with `Z` or an offset. Pages show it in the zone of `PageView`. */
export type Instant = string

export type VerdictView = 'ALLOW' | 'DEFER' | 'DENY'
export type TicketStateView =
  | 'open'
  | 'released'
  | 'rejected'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'superseded'
export type GrantStateView =
  | 'ready'
  | 'collected'
  | 'redeemed'
  | 'reported'
  | 'lapsed'
  | 'revoked'
  | 'burnt'
export type OutcomeView = 'succeeded' | 'failed' | 'rolled_back' | 'unknown'
export type ChannelView = 'console' | 'slack' | 'api'
/** `totp` is the 6-digit code. `none` only where a policy says so. */
export type MfaMethodView = 'passkey' | 'totp' | 'none'

/**
 * One run of a sentence. A bare string is Countersign speaking; it never holds a caller's text.
 * `claim` is a value a caller sent; `code` is a name or id of Countersign's own (version, reason code, channel).
 */
export type Run =
  | string
  | { kind: 'strong'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'claim'; text: string }
  | { kind: 'tag'; tag: 'claims' | 'registered' | 'recorded' }
  | { kind: 'time'; at: Instant; form: TimeForm }
  | { kind: 'link'; text: string; href: string }
/** A sentence or two, in runs. Full stops are in the text. */
export type Prose = readonly Run[]

/** `time` 10:41 · `seconds` 10:41:07 · `millis` 10:41:07.181 · `short` Tue 10:41, or 10:41 today · `day` Tue 17 Mar 10:41 · `full` Mon 16 Mar 2026 11:31:09 CET */
export type TimeForm = 'time' | 'seconds' | 'millis' | 'short' | 'day' | 'full'

export interface PersonView {
  id: string
  name: string
}

/** The frame of every page of a signed-in person. */
export interface PageView {
  viewer: PersonView
  organisation: string
  /** IANA zone that every time on the page is shown in. */
  zone: string
  /** Database time at which the page was read; relative times count from it. */
  now: Instant
  needsMeCount: number
  policyVersion: string
  audit: AuditFootView
}

/** `sealedAt` and `witnessedAt` are null while no sealer or witness runs: the foot then says so. */
export interface AuditFootView {
  entryCount: number
  sealedAt: Instant | null
  witnessedAt: Instant | null
}

/* ---- Ticket ---- */

export interface TicketView {
  requestId: string
  verdict: VerdictView
  state: TicketStateView
  submittedAt: Instant
  /** The deadline; null when the request never deferred. */
  closesAt: Instant | null
  /** When the ticket left `open`. */
  closedAt: Instant | null
  decision: DecisionView
  caller: CallerView
  /** Caller's text. */
  goal: string
  tools: ToolView[]
  environment: EnvironmentView
  behind: BehindView
  /** The runtime that collects and redeems, as registered; null when none is. */
  runtimeName: string | null
  /** Caller's text: the `ticket_id` it claims. */
  externalTicket: string | null
  /** Caller's text: what it says the action touches. */
  sideEffects: string[]
  /** Why it stands where it stands. First run is the strong word: Held, Released, Rejected, Expired … */
  standing: Prose
  notices: NoticeView[]
  checklist: ChecklistItemView[]
  contract: ContractView
  evidence: EvidenceView[]
  evidenceForms: EvidenceFormView[]
  signatures: SignaturesView
  /** How long a release may be used for; said while there is no grant. */
  executionWindowMs: number
  grant: GrantView | null
  record: RecordView
  vote: VoteBarView
  /** Owner, or an admin, while it is open. */
  canCancel: boolean
  supersedesId: string | null
  supersededById: string | null
}

export interface DecisionView {
  ordinal: number
  decidedAt: Instant
  /** name@ordinal+digest */
  policyVersion: string
}

export interface CallerView {
  id: string
  name: string
  kind: 'agent' | 'ci'
}

export interface ToolView {
  /** Caller's text. */
  name: string
  /** As the policy's tool table names the class; null for a tool it does not know. */
  riskLabel: string | null
}

/** `name` is the registered fact where `registered`; otherwise it is the caller's text, shown as a claim. */
export interface EnvironmentView {
  name: string
  registered: boolean
}

/** The humans behind the request. None of them can vote on it. */
export interface BehindView {
  ownerName: string
  /** A sentence about the others and about who cannot vote. */
  note: Prose
}

export interface NoticeView {
  tone: 'hold' | 'stop' | 'go' | 'plain'
  /** Bold lead, a whole sentence. */
  lead: string
  text: Prose
}

export type ChecklistStateView = 'missing' | 'met' | 'opens' | 'to_confirm' | 'withdrawn'

export interface ChecklistItemView {
  id: string
  kind: 'approval' | 'mfa' | 'evidence' | 'change_window' | 'precondition' | 'decision_point'
  state: ChecklistStateView
  /** "Approval by one release manager" */
  title: string
  detail: Prose
  /** Who can give it, one line each: "You, Tomás Rey or Aiko Mori"; where: "In the console or in Slack". */
  from: Prose[]
  /** Whether the viewer can give it now. */
  canGive: boolean
  neededCount: number
  givenCount: number
  /** With `opens`: when it is met by itself, or asked again. */
  opensAt: Instant | null
  /** With kind `evidence`: which form gives it. */
  evidenceType: string | null
}

/* ---- Contract ---- */

export interface ContractView {
  /** sha-256:<64 hex> */
  digest: string
  byteLength: number
  /** Their `bytes`, joined in order, are exactly the hashed bytes. */
  lines: ParallelLineView[]
  /** Optional members that the caller did not send, by name. */
  absent: string[]
}

export interface ParallelLineView {
  indent: 0 | 1 | 2
  /** Caller's text, as hashed; `isKey` marks member names with their colon. */
  bytes: { text: string; isKey: boolean }[]
  reading: Prose
}

/* ---- Evidence ---- */

export interface EvidenceView {
  id: string
  type: string
  /** "Rollback plan" */
  label: string
  state: 'provided' | 'rejected' | 'withdrawn'
  authorName: string
  authorKind: 'person' | 'caller'
  channel: ChannelView
  providedAt: Instant
  /** 64 hex */
  sha256: string
  body: EvidenceBodyView
  /** With `rejected` and `withdrawn`. */
  ended: { byName: string; at: Instant; reason: string | null } | null
  canWithdraw: boolean
  canReject: boolean
}

export type EvidenceBodyView =
  | {
      kind: 'rollback_plan'
      steps: string[]
      ownerName: string
      estimatedMinutes: number
      previousVersion: string
      tested: boolean
    }
  | { kind: 'fields'; fields: { label: string; value: string }[] }
  | { kind: 'erased'; erasedAt: Instant }

/** A form the page may offer. `whyNot` says why the viewer cannot use it; null when they can. */
export interface EvidenceFormView {
  type: 'rollback_plan'
  /** The side note: when it counts, who is asked to confirm. */
  note: Prose
  whyNot: Prose | null
  /** Who may be named as the one who carries it out. */
  people: PersonView[]
}

/* ---- Votes ---- */

export interface SignaturesView {
  /** "One needed, none given." */
  summary: Prose
  /** In drawing order: needed and given ones first, void ones after. */
  lines: SignatureView[]
}

export type SignatureView =
  | { kind: 'empty'; roleLabel: string; note: Prose }
  | ({ kind: 'signed' | 'void'; note: Prose } & VoteView)

/** `note` of a void one is the reason, such as "before the plan was on file". */
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
  rejectReasons: RejectReasonView[]
}

export interface RejectReasonView {
  code: string
  label: string
}

/** The page that asks one thing. Before the passkey it does not know who is looking. */
export interface SignView {
  ticket: Pick<
    TicketView,
    | 'requestId'
    | 'verdict'
    | 'state'
    | 'closesAt'
    | 'caller'
    | 'goal'
    | 'tools'
    | 'environment'
    | 'behind'
    | 'sideEffects'
    | 'notices'
    | 'contract'
    | 'evidence'
    | 'decision'
  >
  organisation: string
  zone: string
  now: Instant
  needs: SignNeedView[]
  review: ReviewView
  methods: MfaMethodView[]
  rejectReasons: RejectReasonView[]
  /** Who is signed in here, if anybody; a code and a reject need it. */
  signedInName: string | null
  isConfirmation: boolean
  /** The passkey challenge ends here. */
  goodUntil: Instant
}

export interface SignNeedView {
  state: ChecklistStateView
  text: Prose
  note: Prose | null
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

/* ---- Record ---- */

export interface RecordView {
  entries: RecordEntryView[]
  isSealed: boolean
}

export interface RecordEntryView {
  /** The number by which the audit trail finds the entry. */
  ordinal: number
  at: Instant
  /** A person did it. */
  isHuman: boolean
  /** The verdict, the state or a standing refusal changed with it. */
  signal: 'hold' | 'go' | 'stop' | null
  text: Prose
  detail: Prose | null
}

/* ---- Inbox ---- */

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
