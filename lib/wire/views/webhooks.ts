import type { Instant } from './common'

/** What the pages of webhooks show. Addresses and descriptions are what people typed; answers are a receiver's text. */

/** Of those that are not enabled: `disabled` by somebody, `given_up` after days of failures, `gone` since it answered 410. */
export type EndpointStateView = 'enabled' | 'failing' | 'disabled' | 'given_up' | 'gone'

export interface EndpointRowView {
  id: string
  /** With its port: "hooks.example.com:8443". */
  host: string
  description: string
  callerName: string
  state: EndpointStateView
  /** Since when it is in that state; null for enabled. */
  since: Instant | null
  lastSuccessAt: Instant | null
  /** Counted up to MOST_COUNTED. */
  waitingCount: number
  deadCount: number
}

export interface WebhooksView {
  isAdmin: boolean
  rows: readonly EndpointRowView[]
  /** Id of the last row, where there are more. */
  nextAfter: string | null
  /** Whose events the viewer may send somewhere. */
  callers: readonly { id: string; name: string }[]
}

/** `retried`: it failed, and is tried again by itself. */
export type WebhookDeliveryStateView = 'waiting' | 'retried' | 'delivered' | 'dead'

export interface WebhookDeliveryRowView {
  id: string
  type: string
  state: WebhookDeliveryStateView
  /** When it happened. */
  at: Instant
  /** Tries of this round. */
  attempts: number
  /** When it is sent or tried again; null: not by itself. */
  dueAt: Instant | null
  endedAt: Instant | null
  /** Null for a test. `goal` is caller's text. */
  request: { id: string; goal: string } | null
  /** What the last try met; null before the first. `fault` is a code of lib/notify/webhook. */
  last: { status: number | null; fault: string | null } | null
}

export type DeliveryFilter = 'all' | 'waiting' | 'delivered' | 'dead'

export interface EndpointView extends Omit<EndpointRowView, 'waitingCount' | 'deadCount'> {
  url: string
  eventTypes: readonly string[]
  createdAt: Instant
  createdByName: string | null
  /** Until when the secret before this one signs too; null: it does not. */
  oldSecretEndsAt: Instant | null
  filter: DeliveryFilter
  counts: { waiting: number; dead: number }
  deliveries: readonly WebhookDeliveryRowView[]
  /** Id of the last delivery shown, where there are older ones. */
  nextBefore: string | null
}

export interface WebhookAttemptView {
  ordinal: number
  at: Instant
  cause: 'schedule' | 'replay' | 'test'
  url: string
  requestHeaders: readonly [name: string, value: string][]
  requestBody: string
  status: number | null
  fault: string | null
  latencyMs: number
  /** Null when no answer came. The receiver's text. */
  response: { headers: readonly [name: string, value: string][]; body: string } | null
}

export interface WebhookDeliveryView extends WebhookDeliveryRowView {
  /** `webhook-id` */
  eventId: string
  ordinal: number | null
  endpoint: Pick<EndpointRowView, 'id' | 'host' | 'callerName' | 'state'>
  /** Newest first, as many as a page shows. */
  log: readonly WebhookAttemptView[]
  attemptsEver: number
}
