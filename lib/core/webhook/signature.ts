import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { MINUTE_MS, SECOND_MS } from '../durations'
import { ok, type Result, refuse } from '../result'

/** The three headers of a delivery (Standard Webhooks, "Webhook Metadata"). */
export interface WebhookHeaders {
  /** `webhook-id`: the same in every attempt. */
  id: string
  /** `webhook-timestamp`: epoch seconds of this attempt, as text. */
  timestamp: string
  /** `webhook-signature`: one or several `v1,<base64>` with spaces between. */
  signature: string
}

export interface VerifyWebhookOptions {
  /** `whsec_…`; several while one takes the other's place. */
  secrets: string[]
  /** Epoch ms. */
  now: number
  /** How far the timestamp may be off, either way; five minutes when left out. */
  toleranceMs?: number
}

const PREFIX = 'whsec_'
const VERSION = 'v1'
const TOLERANCE_MS = 5 * MINUTE_MS
const SECRET_BYTES = { least: 24, most: 64 } as const
const MOST_SIGNATURES = 16
const TIMESTAMP = /^\d{1,12}$/
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * `webhook-signature` of one attempt: HMAC-SHA-256 over `id.timestamp.body` under each secret (Standard Webhooks, "Signature
 * scheme"). While a secret is being replaced both sign, so that a receiver may hold either.
 * @param at epoch ms; the header says whole seconds
 * @throws RangeError when a secret is not `whsec_` and 24 to 64 bytes in base64
 */
export function signWebhook(
  { id, at, body }: { id: string; at: number; body: string },
  secrets: string[],
): WebhookHeaders {
  const timestamp = String(Math.floor(at / SECOND_MS))
  const signed = bytesOf(`${id}.${timestamp}.${body}`)
  const signature = secrets
    .map((secret) => `${VERSION},${encode(hmac(sha256, keyOf(secret), signed))}`)
    .join(' ')
  return { id, timestamp, signature }
}

/**
 * Whether a delivery was signed under one of the secrets, and lately. Verify first, over the bytes as they came, then parse.
 * @returns refusal `webhook_invalid`, whose `meta.reason` is `headers`, `timestamp` or `signature`
 * @throws RangeError when a secret is not one, or `now` is not a number
 */
export function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  { secrets, now, toleranceMs = TOLERANCE_MS }: VerifyWebhookOptions,
): Result<undefined> {
  if (!Number.isFinite(now)) throw new RangeError('now is not a number')
  if (!(toleranceMs >= 0)) throw new RangeError('The tolerance is not a number of milliseconds')
  const keys = secrets.map(keyOf)
  const { id, timestamp, signature } = headers
  if (id === '' || id.length > 200 || !TIMESTAMP.test(timestamp)) return fault('headers')
  if (Math.abs(now - Number(timestamp) * SECOND_MS) > toleranceMs + SECOND_MS) {
    return fault('timestamp')
  }
  const body = typeof rawBody === 'string' ? bytesOf(rawBody) : rawBody
  const head = bytesOf(`${id}.${timestamp}.`)
  const signed = new Uint8Array(head.length + body.length)
  signed.set(head)
  signed.set(body, head.length)
  const given = signature.split(' ').slice(0, MOST_SIGNATURES).flatMap(decodeSignature)
  const isSigned = keys
    .map((key) => hmac(sha256, key, signed))
    .some((own) => given.some((other) => isSame(own, other)))
  return isSigned ? ok() : fault('signature')
}

/** @param random 32 bytes */
export function webhookSecret(random: Uint8Array): string {
  if (random.length < SECRET_BYTES.least) throw new RangeError('A secret needs 24 bytes or more')
  return `${PREFIX}${encode(random)}`
}

function fault(reason: 'headers' | 'timestamp' | 'signature'): Result<never> {
  return refuse('webhook_invalid', { meta: { reason } })
}

function keyOf(secret: string): Uint8Array {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  const key = BASE64.test(text) ? decode(text) : null
  if (key === null || key.length < SECRET_BYTES.least || key.length > SECRET_BYTES.most) {
    throw new RangeError('A webhook secret is whsec_ and 24 to 64 bytes in base64')
  }
  return key
}

/** Nothing for what is of another version, or not base64: other signatures may still do. */
function decodeSignature(text: string): Uint8Array[] {
  const [version, value = ''] = text.split(',', 2)
  if (version !== VERSION || !BASE64.test(value)) return []
  const bytes = decode(value)
  return bytes === null ? [] : [bytes]
}

/** In a time that does not tell where they differ. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (const [at, byte] of a.entries()) difference |= byte ^ (b[at] ?? 0)
  return difference === 0
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

function decode(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}
