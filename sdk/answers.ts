/**
 * What the server answers, as callers see it: the wire's shapes (lib/wire), split by state so that TypeScript knows what a
 * released, a rejected or an open request has. Written out here because the wire's own types bring a schema library with them;
 * `answers.test.ts` holds that the two stay the same.
 */

export type Verdict = 'ALLOW' | 'DEFER' | 'DENY'

/** How an action ended, as its runtime reports it. */
export type Outcome = 'succeeded' | 'failed' | 'rolled_back' | 'unknown'

/** Why the verdict is not ALLOW; `warn` only tells. */
export interface Issue {
  code: string
  severity: 'deny' | 'defer' | 'warn'
  message: string
  path?: string | undefined
  requirement?: string | undefined
}

/** A checklist item and where it stands. `waiting` opens by itself at `opens_at` (RFC 3339). */
export interface RequirementStatus {
  id: string
  kind: 'approval' | 'mfa' | 'evidence' | 'change_window' | 'precondition' | 'decision_point'
  state: 'met' | 'missing' | 'to_confirm' | 'waiting' | 'at_redeem'
  title: string
  opens_at: string | null
}

/** Times are RFC 3339 in UTC. */
export interface Grant {
  state: 'ready' | 'collected' | 'redeemed' | 'reported' | 'lapsed' | 'revoked' | 'burnt'
  /** Collect and redeem before this. */
  ends_at: string
  collected_at: string | null
  redeemed_at: string | null
  reported_at: string | null
  outcome: Outcome | null
}

/** How a ticket ended. `by` is a person's name only where a person ended it: an expiry never names one. */
export interface Closing {
  at: string
  by: string | null
  reason: string | null
  note: string | null
}

/** How to wait: ask with `wait` up to this many seconds. */
export interface PollHint {
  wait_seconds: number
  retry_after_seconds: number
}

interface Common {
  request_id: string
  issues: Issue[]
  requirements: RequirementStatus[]
  /** name@ordinal+digest, frozen at submission. */
  policy_version: string
  contract_digest: string
  /** Ordinal of the latest decision. */
  decision: number
  submitted_at: string
}

/** What only an open request has: a deadline, a ticket, something to wait for. */
interface Ended {
  deadline_at: string | null
  ticket_url: string | null
  poll: null
}

/** Held as a ticket: wait for it. */
export interface OpenRequest extends Common {
  verdict: 'DEFER'
  state: 'open'
  deadline_at: string
  /** Where people see it. */
  ticket_url: string
  closed: null
  grant: null
  superseded_by: null
  poll: PollHint
}

/** Nothing is missing: collect and redeem. A request that replaced it (`superseded_by`) has revoked its grant. */
export interface ReleasedRequest extends Common, Ended {
  verdict: 'ALLOW'
  state: 'released'
  closed: Closing | null
  grant: Grant
  superseded_by: string | null
}

/** Policy said no, at once or later. */
export interface DeniedRequest extends Common, Ended {
  verdict: 'DENY'
  state: 'denied'
  closed: Closing | null
  grant: null
  superseded_by: null
}

/** A human said no; `closed` has who, the reason and the note. */
export interface RejectedRequest extends Common, Ended {
  verdict: 'DEFER'
  state: 'rejected'
  closed: Closing
  grant: null
  superseded_by: null
}

/** Not enough answers in time. Nobody said no. */
export interface ExpiredRequest extends Common, Ended {
  verdict: 'DEFER'
  state: 'expired'
  closed: Closing & { by: null }
  grant: null
  superseded_by: null
}

/** Taken back by its owner or its caller. */
export interface CancelledRequest extends Common, Ended {
  verdict: 'DEFER'
  state: 'cancelled'
  closed: Closing
  grant: null
  superseded_by: null
}

/** A newer request of its caller took its place while it was open. */
export interface SupersededRequest extends Common, Ended {
  verdict: 'DEFER'
  state: 'superseded'
  closed: Closing
  grant: null
  superseded_by: string
}

/** A request that no waiting will change. */
export type SettledRequest =
  | ReleasedRequest
  | DeniedRequest
  | RejectedRequest
  | ExpiredRequest
  | CancelledRequest
  | SupersededRequest

/** A request as its caller sees it. Ask for `state` (seven of them) or `verdict`, and TypeScript knows the rest. */
export type RequestAnswer = OpenRequest | SettledRequest

export type RequestState = RequestAnswer['state']

type Summary<Answer> = Answer extends RequestAnswer
  ? Omit<Answer, 'requirements' | 'issues' | 'poll' | 'closed'>
  : never

/** A request in a list: `get` has the rest. */
export type RequestSummary = Summary<RequestAnswer>

export interface RequestPage {
  items: RequestSummary[]
  /** Where the next page begins; null after the last. */
  next_cursor: string | null
}

/** What the runtime promises to keep while the action runs, e.g. `max_cost_usd`. */
export interface Obligation {
  name: string
  value: string | number | boolean
}

export interface TokenAnswer {
  request_id: string
  /** JWS compact, typ allow+jwt. Bearer of one execution: keep it in memory. */
  token: string
  jti: string
  expires_at: string
  obligations: Obligation[]
}

/** The only answer that authorises execution. */
export interface RedeemAnswer {
  ok: true
  request_id: string
  redeemed_at: string
  /** This runtime had its ok before, and asked again with the same nonce. */
  replay: boolean
}

export interface EvidenceAnswer {
  evidence_id: string
  sha256: string
}

export interface OutcomeAnswer {
  request_id: string
  outcome: string
}

/** RFC 9457 problem details. `code` is stable; `disposition` says what a refused redemption means for the grant. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  instance?: string | undefined
  request_id?: string | undefined
  disposition?: 'retry' | 'burn' | 'leave' | undefined
  errors?: { path: string; message: string; code: string }[] | undefined
  /** As `Retry-After` says, where trying again later makes sense. */
  retry_after_seconds?: number | undefined
  /** Facts about this occurrence, such as the request that a run belongs to. */
  meta?: Record<string, unknown> | undefined
}
