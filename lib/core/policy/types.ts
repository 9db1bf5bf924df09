import type { Contract } from '../contract/contract'

/** The answer of one evaluation by policy. Strictness: DENY > DEFER > ALLOW. */
export type Verdict = 'ALLOW' | 'DEFER' | 'DENY'

/** What an issue does to the verdict: `deny` refuses, `defer` holds, `warn` only tells. */
export type Severity = 'deny' | 'defer' | 'warn'

/** Why the verdict is not ALLOW (or, with `warn`, what a voter must know). Stored and sent as is. */
export interface Issue {
  code: string
  severity: Severity
  message: string
  /** JSON pointer into the contract, where the issue is about one member of it. */
  path?: string
  /** Id of the requirement that ends this issue once it is met. */
  requirement?: string
}

/** The seed's risk classes, least to most dangerous; `unknown` is treated as the most dangerous. */
export type RiskClass =
  | 'read_only'
  | 'external_side_effect'
  | 'production_control_plane'
  | 'destructive_data_change'
  | 'privilege_change'
  | 'money_outward'
  | 'unknown'

export type Channel = 'web' | 'slack'
export type MfaLevel = 'none' | 'any' | 'phishing_resistant'
export type MfaMethod = 'none' | 'totp' | 'passkey'

/** Who must approve: a leaf asks for `count` distinct humans of a group; humans are distinct within one `all`. */
export type ApprovalTree =
  | { group: string; count: number }
  | { all: ApprovalTree[] }
  | { any: ApprovalTree[] }

/** A checklist item as hashed into the review (snake_case: it is part of a hashed document). `id` is stable and unique in a list. */
export type Requirement =
  | {
      kind: 'approval'
      id: string
      tree: ApprovalTree
      via: Channel[]
      mfa: MfaLevel
      slack_totp: boolean
      vote_max_age_ms: number
    }
  /** Met by the votes that count towards the approvals; shown as an item of its own because people ask for it. */
  | { kind: 'mfa'; id: 'mfa'; level: 'any' | 'phishing_resistant' }
  | {
      kind: 'evidence'
      id: string
      type: string
      from: 'human' | 'human_or_caller'
      /** Evidence older than this at evaluation no longer counts; null = no limit. */
      max_age_ms: number | null
      /** false: an item counts only once it was in the review of a counted approval. */
      approve_before_evidence: boolean
    }
  | { kind: 'change_window'; id: string; calendar: string }
  /** World state compared at redeem only: never outstanding before. */
  | { kind: 'precondition'; id: string; name: string }
  /** A remote decision point whose fresh answer must not be stricter than ALLOW. */
  | { kind: 'decision_point'; id: string; name: string; max_age_ms: number }

/**
 * met: satisfied now. missing: somebody must act. to_confirm: evidence is on file, no counted approval has reviewed it.
 * waiting: opens by itself (at `opensAt` when known). at_redeem: checked when the runtime redeems.
 */
export type RequirementState = 'met' | 'missing' | 'to_confirm' | 'waiting' | 'at_redeem'

export interface RequirementStatus {
  requirement: Requirement
  state: RequirementState
  /** Epoch ms; for `waiting`, when it opens; for a met window, when it shuts (`shutsAt`). */
  opensAt?: number
  shutsAt?: number
  /** For approvals: people who may still give it, and how many votes count of how many are needed (best branch). */
  progress?: { counted: number; needed: number; countedVotes: string[] }
}

/** A caller as registered: facts, not claims. `console`: a person who changes the installation itself. */
export interface CallerFact {
  id: string
  name: string
  kind: 'agent' | 'ci_job' | 'console'
  roles: string[]
  environments: string[]
  ownerId: string
  active: boolean
}

/** Everything a voter was shown, as hashed (JCS) into the review digest. Lists are sorted so that equal reviews hash equal. */
export interface Review {
  type: 'countersign/review'
  v: 1
  domain: string
  request_id: string
  contract_digest: string
  policy_version: string
  requirements: Requirement[]
  outstanding: string[]
  evidence: { id: string; type: string; sha256: string }[]
  behind: string[]
}

export interface VoteFact {
  id: string
  person: string
  choice: 'approve' | 'reject'
  method: MfaMethod
  channel: Channel
  at: number
  reviewDigest: string
  reviewed: Review
}

export interface EvidenceFact {
  id: string
  type: string
  sha256: string
  author: { kind: 'person' | 'caller'; id: string }
  at: number
  state: 'provided' | 'rejected' | 'withdrawn'
}

/** Live directory: everybody and every group that the ticket's requirements or votes name. */
export interface Directory {
  people: Record<string, { name: string; active: boolean; roles: string[] }>
  /** Membership with its end (epoch ms) or null. A group absent here has no members. */
  groups: Record<string, { person: string; expiresAt: number | null }[]>
}

/** The dated answer of a remote decision point. `error` set = it could not be had, whatever `verdict` says. */
export interface RemoteFact {
  name: string
  verdict: Verdict | null
  issues: { code: string; message: string }[]
  at: number
  /** The request's input_seq when it was asked; an older one is stale for a release. */
  inputSeq: number
  error?: string
  retryAt?: number
}

/** All that evaluation may know. Built from the database only. */
export interface Facts {
  requestId: string
  /** Issuer (PUBLIC_URL origin). */
  domain: string
  contractDigest: string
  /** policy_version frozen at submission. */
  pinnedPolicyVersion: string
  caller: CallerFact
  /** Every human behind the request, sorted, unique. None of them may vote. */
  requesters: string[]
  votes: VoteFact[]
  evidence: EvidenceFact[]
  directory: Directory
  remotes: RemoteFact[]
  inputSeq: number
}

/** Weekly hours in an IANA zone, local `HH:MM` to `HH:MM` (24:00 allowed), with whole-day holidays and dated freezes. */
export interface Calendar {
  zone: string
  /** Shown to people, e.g. "Monday to Friday 09:00 to 17:00". */
  label: string
  hours: { days: Weekday[]; from: string; to: string }[]
  /** Local dates YYYY-MM-DD. */
  holidays: string[]
  freezes: { from: number; until: number; reason: string }[]
}
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

export interface ToolEntry {
  /** Exact name, or a dotted prefix written `deploy.*`; the longest match wins, exact first. */
  name: string
  risk: Exclude<RiskClass, 'unknown'>
  /** Registered environment this tool acts on; the caller must be registered for it. */
  environment: string | null
}

/** What a rule's predicate sees. `claims` is what the caller asserts; rules that allow may not read it (checked at compile time). */
export interface RuleInput {
  tool: { name: string; risk: RiskClass; environment: string | null; arguments: unknown }
  caller: { name: string; kind: string; roles: string[]; environments: string[] }
  contract: { goal: string; tools: string[]; run_id: string | null }
  claims: { context: Record<string, unknown>; side_effects: string[] }
}

export interface CompiledRule {
  name: string
  effect: 'allow' | 'require' | 'deny'
  /** May throw; a throw holds the request (DEFER with issue `policy_error`). Must not be looser for more claims: see evaluate. */
  when: (input: RuleInput) => boolean
  /**
   * Where there is one: cheap, total, reads no claims, and `when` is false wherever it is. Most rules of a policy are
   * skipped by it without being asked.
   */
  mayApply?: (input: RuleInput) => boolean
  /** Claim members the expression reads, as `context.<key>` or `side_effects.<name>`; [] for most. Used to make claims monotone. */
  readsClaims: string[]
  requirements: Requirement[]
  message: string
}

/** What one type of evidence has to be like to count. */
export interface EvidenceTerms {
  from: 'human' | 'human_or_caller'
  max_age_ms: number | null
  approve_before_evidence: boolean
}

/** One immutable policy version, compiled outside the core. */
export interface CompiledPolicy {
  /** name@ordinal+digest8 */
  version: string
  /** sha-256:<64 hex> of the source. */
  digest: string
  /** Groups that the policy names, with what one member is called: "Release manager". */
  groups: Record<string, { label: string }>
  tools: ToolEntry[]
  rules: CompiledRule[]
  calendars: Record<string, Calendar>
  /** Demanded for an unknown tool, no explicit allow, an unknown constraint. */
  defaultApproval: Extract<Requirement, { kind: 'approval' }>
  /** What policy constraints of the contract demand where no rule says more (e.g. require_approval, rollback_plan_required). */
  evidenceTypes: Record<string, EvidenceTerms>
  /** Asked about every request. */
  decisionPoints: { name: string; max_age_ms: number }[]
  /** Ticket deadline and execution window, ms. */
  deadlineMs: number
  executionWindowMs: number
}

/** One evaluation. `verdict` is ALLOW only if an explicit rule allowed every tool and every requirement is met. */
export interface Evaluation {
  verdict: Verdict
  issues: Issue[]
  requirements: RequirementStatus[]
  /** Ids of requirements not met (state missing, to_confirm or waiting), sorted. */
  outstanding: string[]
  risk: RiskClass
  /** Registered environment, or null where the tools name none. */
  environment: string | null
  obligations: Obligation[]
  /** Votes that count towards approvals now. */
  countedVotes: string[]
  /** Votes that no longer stand, with the reason code. */
  voidVotes: { id: string; reason: VoidReason }[]
  /** Earliest epoch ms at which time alone may change the answer; null = never. */
  nextCheckAt: number | null
  /** Earliest end of an open window that the token must not outlive; null = none. */
  windowEndsAt: number | null
  policyVersion: string
}

export type VoidReason =
  | 'terms_changed'
  | 'evidence_gone'
  | 'review_mismatch'
  | 'voter_ineligible'
  | 'vote_too_old'
  | 'method_too_weak'
  | 'channel_not_allowed'

/** A runtime constraint that redeem must acknowledge, as put in the token. */
export interface Obligation {
  name: string
  value: string | number | boolean
}

export interface EvaluateInput {
  contract: Contract
  facts: Facts
  /** The pinned policy and, when it differs, the current one. The current one's calendars are used. Empty = DEFER (policy_unavailable). */
  policies: CompiledPolicy[]
  now: number
}
