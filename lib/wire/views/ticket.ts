/** The ticket page and the signing page. See views-common.ts for what all view models share. */
import type {
  ChannelView,
  Instant,
  PersonView,
  Prose,
  TicketStateView,
  VerdictView,
} from './common'
import type { DecisionsView, NeighbourView, RiskView } from './history'
import type { GrantView, SignaturesView, VoteBarView, VoteView } from './vote'

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
  /** Of the types that the checklist does not wait for. */
  otherEvidence: EvidenceFormView[]
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
  risk: RiskView
  /** Empty where only the request as it stands is shown. */
  decisions: DecisionsView
  /** With `supersedesId`: the request that this one took the place of. */
  older: NeighbourView | null
  /** With `supersededById`: the request that took the place of this one. */
  newer: NeighbourView | null
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
  /** `console`: a person, who changes the installation itself. */
  kind: 'agent' | 'ci' | 'console'
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
  /** It is the installation itself: nothing is registered about it. */
  isOwn?: true
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
  ended: {
    /** null: nobody's deed, it was erased. */
    byName: string | null
    at: Instant
    reason: string | null
  } | null
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
  | {
      kind: 'attachment'
      name: string
      /** "PDF" */
      typeLabel: string
      /** "1.4 MB" */
      size: string
      /** Of the bytes, 64 hex; `EvidenceView.sha256` is of the whole item. */
      fileSha256: string
      description: string | null
      /** Where it is downloaded, by whoever is signed in. */
      href: string
    }
  /** `erasedAt` is null when the entry is older than what the page reads of the record. */
  | { kind: 'erased'; erasedAt: Instant | null; reason: string | null }

/** A form the page may offer. `whyNot` says why the viewer cannot use it; null when they can. */
export interface EvidenceFormView {
  type: string
  /** "Rollback plan" */
  label: string
  /** The side note: when it counts, who is asked to confirm. */
  note: Prose
  whyNot: Prose | null
  /** Who may be named as the one who carries it out. */
  people: PersonView[]
}

/* ---- Record ---- */

export interface RecordView {
  entries: RecordEntryView[]
  isSealed: boolean
  /** Older entries that the page leaves out. */
  olderCount: number
  /** As much of it as a page ever tells: what is left out stands in the audit export alone. */
  isWhole: boolean
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

/* ---- Signing page ---- */

/** The page that asks one thing. */
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
  /** Why it stands where it stands. */
  standing: Prose
  needs: SignNeedView[]
  vote: VoteBarView
  /** The viewer's signature, once there is one that counts. */
  signature: VoteView | null
  /** Who is signed in here, and so whose vote it would be. */
  signedInName: string
}

export interface SignNeedView {
  state: ChecklistStateView
  text: Prose
  note: Prose | null
}
