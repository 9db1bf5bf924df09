import type { Instant, ProofWays } from './common'
import type { DifferenceView } from './history'

export interface PolicyVersionRowView {
  /** name@ordinal+digest */
  version: string
  ordinal: number
  publishedAt: Instant
  /** Null: the installation itself, at first start. */
  publishedByName: string | null
}

/** One version, as it was written. */
export interface PolicyDocumentView extends PolicyVersionRowView {
  /** sha-256:<64 hex> of the source. */
  digest: string
  /** YAML */
  source: string
}

/** The policy in force, as people read it. */
export interface PolicyView extends PolicyDocumentView {
  /** Newest first, this one included. */
  versions: PolicyVersionRowView[]
  /** Held by a ticket until an admin approves them, newest first. */
  proposals: PolicyProposalView[]
  /** How the viewer, who may propose a version, proves that it is them; null: they may not. */
  ways: ProofWays | null
}

export interface PolicyProposalView {
  requestId: string
  byName: string
  at: Instant
  /** Made from a version that is no longer the current one: it can be approved, and is not applied. */
  isOutdated: boolean
}

/** A version that was, or is, in force. */
export interface PolicyVersionView extends PolicyDocumentView {
  isCurrent: boolean
  /** The version after it, and what that changed; null for the current one. */
  next: { ordinal: number; version: string; difference: DifferenceView } | null
}
