/** What a ticket tells of its past: its evaluations, and the requests before and after it. */
import type { Instant, Prose, TicketStateView, VerdictView } from './common'

/* ---- Decisions ---- */

/** Evaluations that said something new, newest first. */
export interface DecisionsView {
  entries: DecisionEntryView[]
  /** How many there are in all. */
  totalCount: number
}

export interface DecisionEntryView {
  ordinal: number
  at: Instant
  verdict: VerdictView
  /** name@ordinal+digest */
  policyVersion: string
  /** "Aiko Mori attached a rollback plan": why it was evaluated. */
  cause: Prose
  /** What differs from the decision before, a sentence each; of the first one, what it asked for. */
  changes: DecisionChangeView[]
}

export interface DecisionChangeView {
  tone: 'hold' | 'go' | 'stop' | 'plain'
  text: Prose
}

/* ---- Risk ---- */

/** What the action may do, from the contract and from what is registered. */
export interface RiskView {
  /** Classes of the policy's tool table, the most dangerous first, with what such an action may do. */
  classes: { label: string; meaning: string }[]
  /** "The arguments of 2 of 3 tools are bound …" */
  bound: Prose
  /** Null where the contract has none. */
  preconditions: Prose | null
  obligations: Prose | null
  /** Caller's text: what it says the action touches. */
  claims: string[]
}

/* ---- Supersession ---- */

/** The request before this one, or after it, and what differs. */
export interface NeighbourView {
  requestId: string
  state: TicketStateView
  submittedAt: Instant
  /** Caller's text. */
  goal: string
  difference: DifferenceView
}

export type DifferenceView =
  | { kind: 'none' }
  /** They cannot be compared here; the text says why. */
  | { kind: 'unknown'; why: string }
  | { kind: 'lines'; rows: DifferenceRowView[]; changedCount: number; leftOutCount: number }

export type DifferenceRowView =
  /** Lines that are the same in both. */
  | { kind: 'gap'; count: number }
  /** Caller's text in all three. `changed` are the characters that differ. */
  | {
      kind: 'line'
      side: 'old' | 'new' | 'same'
      indent: number
      before: string
      changed: string
      after: string
    }
