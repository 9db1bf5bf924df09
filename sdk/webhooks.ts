import { verifyWebhook, type WebhookHeaders } from '../lib/core/webhook/signature'
import type { RequestState, Verdict } from './answers'
import { WebhookError } from './errors'

/** What happened to a request or its grant. Thin on purpose, and never with a token: `get` and `collect` have the rest. */
export interface RequestEvent {
  type:
    | 'request.deferred'
    | 'request.released'
    | 'request.rejected'
    | 'request.denied'
    | 'request.expired'
    | 'request.cancelled'
    | 'request.superseded'
    | 'evidence.added'
    | 'grant.redeemed'
    | 'grant.lapsed'
    | 'grant.revoked'
    | 'grant.burnt'
  /** RFC 3339: when it happened, not when it was sent. */
  timestamp: string
  data: {
    request_id: string
    /** A later event of the same request has a greater one: deliveries may overtake each other. */
    ordinal: number
    run_key: string | null
    state: RequestState
    verdict: Verdict
    contract_digest: string
    policy_version: string
  }
}

/** Somebody tries the endpoint. Nothing happened to any request. */
export interface TestEvent {
  type: 'webhook.test'
  timestamp: string
  data: { note: string }
}

/** `id` is the same in every attempt to deliver it: keep it, to act on each event once. */
export type WebhookEvent = { id: string } & (RequestEvent | TestEvent)

/** As `fetch` has them, or as Node's http does. */
export type HeadersLike =
  | { get: (name: string) => string | null }
  | Record<string, string | readonly string[] | undefined>

export interface UnwrapOptions {
  /** `whsec_…`; both while one takes the other's place. */
  secret: string | readonly string[]
  /** How far the timestamp may be off, either way; five minutes when left out. */
  toleranceMs?: number
  /** Epoch milliseconds; the clock's when left out. */
  now?: number
}

/** `webhooks.unwrap(rawBody, headers, { secret })`, for receivers that need no client. */
export const webhooks = { unwrap }

/**
 * The event of a delivery, once its signature (Standard Webhooks) has been found right and recent.
 * @param rawBody the bytes as they came: a body that was parsed and written again has another signature
 * @throws WebhookError, whatever is wrong with the delivery
 * @throws RangeError when a secret is not one
 */
function unwrap(
  rawBody: string | Uint8Array,
  headers: HeadersLike,
  { secret, toleranceMs, now = Date.now() }: UnwrapOptions,
): WebhookEvent {
  const metadata: WebhookHeaders = {
    id: headerOf(headers, 'webhook-id'),
    timestamp: headerOf(headers, 'webhook-timestamp'),
    signature: headerOf(headers, 'webhook-signature'),
  }
  const secrets = typeof secret === 'string' ? [secret] : [...secret]
  const verified = verifyWebhook(rawBody, metadata, {
    secrets,
    now,
    ...(toleranceMs !== undefined && { toleranceMs }),
  })
  if (!verified.ok) {
    const { code, meta } = verified.refusal
    throw new WebhookError(`The delivery is not authentic: ${meta?.['reason']}`, code)
  }
  return { id: metadata.id, ...readEvent(rawBody) }
}

/** Signed by the installation, so only a delivery of another kind can be odd here. */
function readEvent(rawBody: string | Uint8Array): RequestEvent | TestEvent {
  const text = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody)
  const body = parse(text)
  const isEvent =
    typeof body === 'object' &&
    body !== null &&
    typeof Reflect.get(body, 'type') === 'string' &&
    typeof Reflect.get(body, 'timestamp') === 'string' &&
    typeof Reflect.get(body, 'data') === 'object'
  if (!isEvent) throw new WebhookError('The delivery holds no event', 'unreadable_answer')
  return body as RequestEvent | TestEvent
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** '' when it is missing or stands there twice. */
function headerOf(headers: HeadersLike, name: string): string {
  if (isHeaders(headers)) return headers.get(name) ?? ''
  const values = Object.entries(headers)
    .filter(([given]) => given.toLowerCase() === name)
    .flatMap(([, value]) => value ?? [])
  return values.length === 1 ? (values[0] ?? '') : ''
}

function isHeaders(headers: HeadersLike): headers is { get: (name: string) => string | null } {
  return typeof headers['get'] === 'function'
}
