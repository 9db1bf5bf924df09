import type {
  GrantStateView,
  MfaMethodView,
  OutcomeView,
  TicketStateView,
  VerdictView,
} from '#lib/wire/views/common'
import type { DeliveryStateView } from '#lib/wire/views/deliveries'
import type { EndpointStateView, WebhookDeliveryStateView } from '#lib/wire/views/webhooks'
import type { IconName } from './icon'

/** Tone of the hold line: which of its four lines are solid, and its colour. */
export type HoldTone = 'open' | 'clear' | 'shut' | 'past'

interface Look {
  /** Class that gives the colour. */
  tone: string
  icon: IconName
  word: string
}

export const verdictLook: Record<VerdictView, Look> = {
  ALLOW: { tone: 'allow', icon: 'allow', word: 'ALLOW' },
  DEFER: { tone: 'defer', icon: 'defer', word: 'DEFER' },
  DENY: { tone: 'deny', icon: 'bar', word: 'DENY' },
}

export const ticketLook: Record<TicketStateView, Look & { line: HoldTone }> = {
  open: { tone: 'open', icon: 'ring', word: 'Open', line: 'open' },
  released: { tone: 'released', icon: 'go', word: 'Released', line: 'clear' },
  rejected: { tone: 'rejected', icon: 'cross', word: 'Rejected', line: 'shut' },
  denied: { tone: 'denied', icon: 'bar', word: 'Denied', line: 'shut' },
  expired: { tone: 'expired', icon: 'clock', word: 'Expired', line: 'past' },
  cancelled: { tone: 'cancelled', icon: 'slash', word: 'Cancelled', line: 'past' },
  superseded: { tone: 'superseded', icon: 'rings', word: 'Superseded', line: 'past' },
}

export const grantLook: Record<GrantStateView, Look> = {
  ready: { tone: 'ready', icon: 'go', word: 'Grant ready' },
  collected: { tone: 'collected', icon: 'taken', word: 'Grant collected' },
  redeemed: { tone: 'redeemed', icon: 'done', word: 'Grant redeemed' },
  reported: { tone: 'redeemed', icon: 'done', word: 'Outcome reported' },
  lapsed: { tone: 'lapsed', icon: 'clock', word: 'Grant lapsed' },
  revoked: { tone: 'revoked', icon: 'slash', word: 'Grant revoked' },
  burnt: { tone: 'burnt', icon: 'flame', word: 'Grant burnt' },
}

export const outcomeLook: Record<OutcomeView, Look> = {
  succeeded: { tone: 'redeemed', icon: 'done', word: 'Ran, succeeded' },
  failed: { tone: 'burnt', icon: 'cross', word: 'Ran, failed' },
  rolled_back: { tone: 'revoked', icon: 'reload', word: 'Ran, rolled back' },
  unknown: { tone: 'unknown', icon: 'question', word: 'Outcome unknown' },
}

/** What failed is tried again by itself, so it is amber; what was given up needs somebody. */
export const deliveryLook: Record<DeliveryStateView, Look> = {
  queued: { tone: 'queued', icon: 'clock', word: 'Waits' },
  sent: { tone: 'sent', icon: 'check', word: 'Sent' },
  failed: { tone: 'failed', icon: 'alert', word: 'Failed' },
  given_up: { tone: 'given-up', icon: 'cross', word: 'Given up' },
  not_sent: { tone: 'given-up', icon: 'bar', word: 'Not sent' },
  taken_back: { tone: 'lapsed', icon: 'slash', word: 'Taken back' },
  not_needed: { tone: 'lapsed', icon: 'slash', word: 'Not needed' },
}

/** Amber mends itself or is being mended; red needs somebody. */
export const endpointLook: Record<EndpointStateView, Look> = {
  enabled: { tone: 'ready', icon: 'check', word: 'Enabled' },
  failing: { tone: 'failed', icon: 'alert', word: 'Failing' },
  disabled: { tone: 'lapsed', icon: 'slash', word: 'Disabled' },
  given_up: { tone: 'given-up', icon: 'cross', word: 'Disabled, it failed' },
  gone: { tone: 'given-up', icon: 'bar', word: 'Disabled, gone' },
}

export const webhookLook: Record<WebhookDeliveryStateView, Look> = {
  waiting: { tone: 'queued', icon: 'clock', word: 'Waits' },
  retried: { tone: 'failed', icon: 'alert', word: 'Failed' },
  delivered: { tone: 'sent', icon: 'check', word: 'Delivered' },
  dead: { tone: 'given-up', icon: 'cross', word: 'Dead letter' },
}

export const outcomeWord: Record<OutcomeView, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  rolled_back: 'rolled back',
  unknown: 'unknown',
}

export const methodWords: Record<MfaMethodView, string> = {
  passkey: 'with passkey',
  totp: 'with code',
  none: 'without a second factor',
}
