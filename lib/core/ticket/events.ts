import type { Channel, Evaluation, MfaMethod, RiskClass, Severity, VoteFact } from '../policy/types'
import type { Actor, DecisionSummary, Outcome, RedeemChecks, RejectReason } from './types'

type Person = Extract<Actor, { kind: 'person' }>
type Caller = Extract<Actor, { kind: 'caller' }>
type System = Extract<Actor, { kind: 'system' }>

/** RFC 3339 in UTC with milliseconds. */
type Instant = string

/**
 * What happened to a request. An event is its own audit entry: `type`, `actor` and `body` are hashed and exported, so
 * a body is snake_case JSON of ids, digests, states and codes. It holds no evidence body, token, nonce or free text of
 * a runtime; what a writer needs beyond it stands beside it.
 */
export type TicketEvent = RequestEvent | VoteEvent | EvidenceEvent | GrantEvent

export type TicketEventType = TicketEvent['type']

type RequestEvent =
  | {
      type: 'request.submitted'
      actor: Caller
      body: {
        contract_digest: string
        caller: string
        key: string
        policy_version: string
        run_key: string | null
        supersedes: string | null
      }
    }
  | {
      type: 'decision.made'
      actor: System
      body: DecisionBody
      /** For the rows that repeat the latest decision. */
      decision: DecisionSummary
    }
  | {
      type: 'ticket.opened'
      actor: System
      body: { deadline_at: Instant; outstanding: string[] }
    }
  | { type: 'request.released'; actor: System; body: ReleaseBody }
  | {
      type: 'request.rejected'
      actor: Person
      /** Reason and note reach the agent. */
      body: { vote_id: string; reason: RejectReason; note: string | null }
    }
  | {
      type: 'request.denied'
      actor: System
      body: { decision: number; policy_version: string; issues: string[] }
    }
  /** Nobody did it: an expiry names no human. */
  | {
      type: 'request.expired'
      actor: System
      body: { decision: number; deadline_at: Instant; outstanding: string[] }
    }
  | { type: 'request.cancelled'; actor: Actor; body: { reason: string | null } }
  | { type: 'request.superseded'; actor: Actor; body: { superseded_by: string } }

type VoteEvent =
  | {
      type: 'vote.cast'
      actor: Person
      body: {
        vote_id: string
        person: string
        choice: 'approve' | 'reject'
        method: MfaMethod
        channel: Channel
        review_digest: string
        /** What the voter's screen showed. It differs from `review_digest` only in a reject, which needs no fresh review. */
        shown_digest: string | null
        reason: RejectReason | null
      }
      vote: VoteFact
    }
  | {
      type: 'vote.withdrawn'
      actor: Person
      body: { vote_id: string; person: string; cause: 'withdrawn' | 'replaced' }
    }
  /** Audit only. */
  | {
      type: 'vote.refused'
      actor: Person
      body: { person: string; choice: 'approve' | 'reject'; channel: Channel; code: string }
    }

type EvidenceEvent =
  | {
      type: 'evidence.added'
      actor: Person | Caller
      body: { evidence_id: string; evidence_type: string; sha256: string }
    }
  | { type: 'evidence.withdrawn'; actor: Person | Caller; body: { evidence_id: string } }
  | { type: 'evidence.rejected'; actor: Person; body: { evidence_id: string; reason: string } }
  /** What the item said is gone, on purpose; its hash stays, and with it every review that holds the hash. */
  | {
      type: 'evidence.erased'
      actor: System
      body: { evidence_id: string; sha256: string; reason: string }
    }

type GrantEvent =
  | { type: 'grant.created'; actor: System; body: { ends_at: Instant; generation: number } }
  | {
      type: 'grant.collected'
      actor: Caller
      body: { jti: string; token_expires_at: Instant; replaces: string | null }
    }
  | {
      type: 'grant.redeemed'
      actor: Caller
      body: {
        jti: string
        key_id: string
        /** Absent in entries from before they were kept. */
        checks?: RedeemChecks
      }
      nonceHash: string
    }
  | {
      type: 'grant.reported'
      actor: Caller
      body: { outcome: Outcome; replaces: Outcome | null }
      /** The runtime's own words: kept with the grant, where they can be erased. */
      detail: string | null
    }
  | { type: 'grant.lapsed'; actor: System; body: { ends_at: Instant } }
  | {
      type: 'grant.revoked'
      actor: Actor
      body: { reason: string | null; superseded_by: string | null }
    }
  | { type: 'grant.burnt'; actor: Caller; body: { jti: string; code: string } }
  /** Audit only. */
  | {
      type: 'redeem.refused'
      actor: Caller
      body: { jti: string; code: string; disposition: 'retry' | 'burn' | 'leave' }
    }

type DecisionBody = {
  ordinal: number
  verdict: Evaluation['verdict']
  policy_version: string
  risk: RiskClass
  environment: string | null
  issues: { code: string; severity: Severity; path: string | null; requirement: string | null }[]
  requirements: { id: string; state: string }[]
  outstanding: string[]
  counted_votes: string[]
  void_votes: { id: string; reason: string }[]
  input_seq: number
}

type ReleaseBody = {
  decision: number
  policy_version: string
  approvals: { vote_id: string; person: string; method: MfaMethod; channel: Channel; at: Instant }[]
  /** Evidence requirements that were met by something no counted voter had reviewed, because policy lets them. */
  unreviewed_evidence: string[]
}

/** Epoch milliseconds as they stand in a body. */
export function instant(at: number): Instant {
  return new Date(at).toISOString()
}
