import type {
  Channel,
  Evaluation,
  EvidenceFact,
  MfaMethod,
  Review,
  VoteFact,
} from '../policy/types'

/** A review is part of a vote, which is a fact that policy sees: it is defined there. */
export type { Review } from '../policy/types'

/** `open` is the only state that is not terminal for a ticket. */
export type TicketState =
  | 'open'
  | 'released'
  | 'rejected'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | 'superseded'

export type GrantState =
  | 'ready'
  | 'collected'
  | 'redeemed'
  | 'reported'
  | 'lapsed'
  | 'revoked'
  | 'burnt'

export type Outcome = 'succeeded' | 'failed' | 'rolled_back' | 'unknown'

/** Who did it. A timer, worker or policy is `system`; an expiry never names a person. */
export type Actor =
  | { kind: 'person'; id: string }
  | { kind: 'caller'; id: string; keyId: string }
  | { kind: 'system' }

export interface Grant {
  state: GrantState
  createdAt: number
  /** Redeem is refused from here on. */
  endsAt: number
  /** Issuer generation it was made under. */
  generation: number
  jti: string | null
  tokenExpiresAt: number | null
  collectedAt: number | null
  redeemedAt: number | null
  /** SHA-256 of the runtime's redeem nonce; a repeat with the same nonce within 60 s gets the same ok. */
  redeemNonceHash: string | null
  redeemedByKeyId: string | null
  reportedAt: number | null
  outcome: Outcome | null
}

export type DecisionSummary = Pick<
  Evaluation,
  'verdict' | 'issues' | 'requirements' | 'outstanding'
>

/** The held request as commands see it, read under the row lock. */
export interface Ticket {
  requestId: string
  state: TicketState
  submittedAt: number
  /** null = decided at submission, never held. */
  openedAt: number | null
  deadlineAt: number | null
  closedAt: number | null
  /** Counts inputs (votes, evidence, decision points' answers); evaluation records up to which one it has seen. */
  inputSeq: number
  evaluatedSeq: number
  decisionOrdinal: number
  /** What the last recorded decision said; null = never evaluated. A new decision is recorded only when this changes. */
  lastDecision: DecisionSummary | null
  /** Live votes only: one a human. */
  votes: VoteFact[]
  evidence: EvidenceFact[]
  grant: Grant | null
}

/** What held when a grant was redeemed, as it was looked at under the lock: ids, versions, digests and counts, no values. */
export type RedeemChecks = {
  /** Policy versions that were evaluated anew, pinned first; the strictest verdict of them was ALLOW. */
  policies: string[]
  contract_digest: string
  /** Tools with arguments in the contract; what was about to run had exactly these. */
  bound_tools: number
  /** Persons whose approvals counted, eligible then. */
  voters: string[]
  evidence: { id: string; sha256: string }[]
  windows: { calendar: string; shuts_at: string | null }[]
  /** Names are the caller's text and stay in the contract. */
  preconditions: number
  obligations: string[]
  decision_points: string[]
  environment: string | null
  audience: string
  generation: number
}

export type RejectReason =
  | 'wrong_target'
  | 'too_risky'
  | 'not_now'
  | 'evidence_insufficient'
  | 'not_understood'
  | 'other'

export type TicketCommand =
  | {
      kind: 'vote'
      actor: Actor & { kind: 'person' }
      voteId: string
      choice: 'approve' | 'reject'
      channel: Channel
      method: MfaMethod
      /** The digest the voter's screen showed, sent back with the vote. */
      reviewDigest: string
      note: string | null
      reason: RejectReason | null
      /** Evaluation under the lock, just before the vote; its review is what the digest is compared with. */
      evaluation: Evaluation
      review: Review
      /** Directory facts of the voter under the lock. */
      voter: { active: boolean; groups: readonly string[]; isRequester: boolean }
    }
  | { kind: 'withdraw_vote'; actor: Actor & { kind: 'person' } }
  | {
      kind: 'add_evidence'
      actor: Actor
      evidenceId: string
      type: string
      sha256: string
      /** From policy: may this kind of author provide this type here? */
      allowed: boolean
    }
  | { kind: 'withdraw_evidence'; actor: Actor; evidenceId: string }
  | {
      kind: 'reject_evidence'
      actor: Actor & { kind: 'person' }
      evidenceId: string
      reason: string
      voter: { active: boolean; groups: readonly string[]; isRequester: boolean }
      evaluation: Evaluation
    }
  /** Applies an evaluation made under the lock at min(now, deadline). Past the deadline and unsatisfied = expired. */
  | {
      kind: 'evaluate'
      actor: Actor & { kind: 'system' }
      evaluation: Evaluation
      generation: number
      executionWindowMs: number
      /** From now to the deadline of a ticket that this evaluation opens: needed for the first one, then unused. */
      deadlineMs?: number
    }
  | { kind: 'cancel'; actor: Actor; mayCancel: boolean; reason: string | null }
  | { kind: 'supersede'; actor: Actor; bySuccessor: string }
  | { kind: 'collect'; actor: Actor & { kind: 'caller' }; jti: string; tokenExpiresAt: number }
  | {
      kind: 'redeem'
      actor: Actor & { kind: 'caller' }
      jti: string
      nonceHash: string
      /** What was checked and held, for the record; null where something did not. */
      checks?: RedeemChecks | null
      refusal: { code: string; disposition: 'retry' | 'burn' | 'leave' } | null
    }
  | { kind: 'report'; actor: Actor & { kind: 'caller' }; outcome: Outcome; detail: string | null }
  | { kind: 'revoke'; actor: Actor; mayRevoke: boolean; reason: string | null }
  | { kind: 'lapse'; actor: Actor & { kind: 'system' } }
