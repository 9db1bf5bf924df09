import type { TicketEventType } from '../ticket/events'

/** What a webhook tells, by the name that endpoints subscribe to. */
export const WEBHOOK_EVENT_TYPES = [
  'request.deferred',
  'request.released',
  'request.rejected',
  'request.denied',
  'request.expired',
  'request.cancelled',
  'request.superseded',
  'evidence.added',
  'grant.redeemed',
  'grant.lapsed',
  'grant.revoked',
  'grant.burnt',
] as const

export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number]

/** Sent when somebody tries an endpoint; nobody subscribes to it. */
export const TEST_EVENT_TYPE = 'webhook.test'

/** The audit entry that each is made of, where the names differ: a ticket is opened because the verdict was DEFER. */
export const AUDIT_TYPE = {
  'request.deferred': 'ticket.opened',
} as const satisfies Partial<Record<WebhookEventType, TicketEventType>>

interface Standing {
  /** Policy's verdict at that moment: a human's no, a passed deadline or a cancel changes none. */
  verdict: 'ALLOW' | 'DEFER' | 'DENY'
  state: 'open' | 'released' | 'rejected' | 'denied' | 'expired' | 'cancelled' | 'superseded'
}

const STANDING: Record<WebhookEventType, Standing> = {
  'request.deferred': { verdict: 'DEFER', state: 'open' },
  'request.released': { verdict: 'ALLOW', state: 'released' },
  'request.rejected': { verdict: 'DEFER', state: 'rejected' },
  'request.denied': { verdict: 'DENY', state: 'denied' },
  'request.expired': { verdict: 'DEFER', state: 'expired' },
  'request.cancelled': { verdict: 'DEFER', state: 'cancelled' },
  'request.superseded': { verdict: 'DEFER', state: 'superseded' },
  'evidence.added': { verdict: 'DEFER', state: 'open' },
  'grant.redeemed': { verdict: 'ALLOW', state: 'released' },
  'grant.lapsed': { verdict: 'ALLOW', state: 'released' },
  'grant.revoked': { verdict: 'ALLOW', state: 'released' },
  'grant.burnt': { verdict: 'ALLOW', state: 'released' },
}

/** What is told of a request: who reads it with a key of its own asks the API for more. */
export interface ToldRequest {
  requestId: string
  /** Of the audit entry within the request's stream: a later event has a greater one. */
  ordinal: number
  runKey: string | null
  contractDigest: string
  policyVersion: string
}

/**
 * The body of a delivery: `{type, timestamp, data}` as Standard Webhooks recommends, thin on purpose. It is a pure function of
 * the audit entry, so every attempt sends the same bytes. It never holds a token, an argument, a name or a secret.
 * @param at epoch ms of the audit entry
 */
export function webhookBody(type: WebhookEventType, at: number, about: ToldRequest): string {
  const { verdict, state } = STANDING[type]
  return JSON.stringify({
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      request_id: about.requestId,
      ordinal: about.ordinal,
      run_key: about.runKey,
      state,
      verdict,
      contract_digest: about.contractDigest,
      policy_version: about.policyVersion,
    },
  })
}

/** The body of a test: nothing happened, and it says so. */
export function testBody(at: number): string {
  return JSON.stringify({
    type: TEST_EVENT_TYPE,
    timestamp: new Date(at).toISOString(),
    data: { note: 'A test of this endpoint. Nothing happened to any request.' },
  })
}

export function isWebhookEventType(text: string): text is WebhookEventType {
  return (WEBHOOK_EVENT_TYPES as readonly string[]).includes(text)
}
