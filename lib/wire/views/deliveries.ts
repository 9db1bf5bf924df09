import type { DeliveriesQuery, DeliveryKind } from '#lib/wire/deliveries'
import type { Instant } from './common'

/**
 * `failed` is tried again by itself, `given_up` no more. `not_sent`: there was nothing to send it to. No trouble: `taken_back`, on
 * purpose, from whoever is no longer linked or active; `not_needed`, because nobody had to be told any more.
 */
export type DeliveryStateView =
  | 'queued'
  | 'sent'
  | 'failed'
  | 'given_up'
  | 'not_sent'
  | 'taken_back'
  | 'not_needed'

/** That something is told somewhere in Slack, and how far that got. */
export interface DeliveryView {
  /** `route`: no channel is set for the request, so no card stands anywhere. */
  kind: DeliveryKind
  /** Null: nowhere. A group: nobody of it could be told. */
  to:
    | { kind: 'channel'; id: string }
    | { kind: 'person'; name: string }
    | { kind: 'group'; label: string }
    | null
  state: DeliveryStateView
  /** A sentence of Countersign's: why it failed or waits. */
  why: string | null
  /** Failed tries so far. */
  attempts: number
  /** When it is sent or tried again; null: not by itself. */
  dueAt: Instant | null
  /** When Slack first had it. */
  sentAt: Instant | null
  /** When Slack last had it changed, where that is later; null: it is as it was sent. */
  changedAt: Instant | null
}

/** What Slack was told of one request. */
export interface TicketDeliveriesView {
  deliveries: DeliveryView[]
  /** No channel is set for it. */
  isUnrouted: boolean
  /** Since when nobody who may approve could be reached; null while somebody was. */
  unreachedSince: Instant | null
  /** Slack refuses or does not answer; null while it works. */
  fault: SlackFaultView | null
  /** Whether it is still open and Slack is set up: then a delivery that is not there yet is on its way. */
  isExpected: boolean
  /** Whether the viewer may set channels. */
  canRoute: boolean
}

export interface SlackFaultView {
  /** A sentence. */
  why: string
  since: Instant
}

export interface DeliveryRowView extends DeliveryView {
  key: string
  /** What is tried again; null where there is no message yet. */
  messageId: string | null
  createdAt: Instant
  callerName: string
  /** Null for a digest, which is of many. `goal` is caller's text. */
  request: { id: string; goal: string } | null
  /** Requests that ask the same and share this message. */
  alsoCount: number
  canRetry: boolean
}

export interface DeliveriesView {
  /** False: Slack is not set up here. */
  hasSlack: boolean
  /** False: set up, and installed in no workspace yet. */
  hasWorkspace: boolean
  isAdmin: boolean
  tab: DeliveriesQuery['tab']
  /** Without a number for all of them: it only grows. */
  tabCounts: { failed: number; waiting: number }
  filter: DeliveriesQuery['filter']
  fault: SlackFaultView | null
  /** Slack asked for patience; null, or past: it did not. */
  pausedUntil: Instant | null
  rows: DeliveryRowView[]
  nextCursor: string | null
}
