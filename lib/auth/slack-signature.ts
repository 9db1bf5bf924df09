import { createHmac, timingSafeEqual } from 'node:crypto'
import { MINUTE_MS, SECOND_MS } from '#lib/core/durations'

export type SignatureFault = 'missing' | 'wrong' | 'stale' | 'future'

/** How far Slack's clock and ours may lie apart, both ways: later is a replay, earlier was not signed by a clock at all. */
const MOST_APART_MS = 5 * MINUTE_MS
const VERSION = 'v0'

/**
 * Whether Slack signed exactly these bytes, just now. Source: docs.slack.dev/authentication/verifying-requests-from-slack
 *
 * @param rawBody as it came: parsing and writing it again would change it
 * @param timestamp header `X-Slack-Request-Timestamp`, seconds
 * @param signature header `X-Slack-Signature`, `v0=` and 64 hex digits
 * @param now epoch ms
 * @returns null when it is Slack's
 */
export function signatureFault(
  signingSecret: string,
  {
    rawBody,
    timestamp,
    signature,
  }: { rawBody: Uint8Array; timestamp: string | null; signature: string | null },
  now: number,
): SignatureFault | null {
  // HMAC takes an empty key without a word, and anybody can compute that.
  if (signingSecret === '') throw new RangeError('The signing secret of Slack is empty')
  if (timestamp === null || signature === null || !/^\d{1,12}$/.test(timestamp)) return 'missing'
  const sent = Buffer.from(signature)
  const right = Buffer.from(signBody(signingSecret, rawBody, timestamp))
  if (sent.length !== right.length || !timingSafeEqual(sent, right)) return 'wrong'
  const age = now - Number(timestamp) * SECOND_MS
  if (age > MOST_APART_MS) return 'stale'
  return age < -MOST_APART_MS ? 'future' : null
}

/** What `X-Slack-Signature` holds for these bytes. */
export function signBody(signingSecret: string, rawBody: Uint8Array, timestamp: string): string {
  const mac = createHmac('sha256', signingSecret)
    .update(`${VERSION}:${timestamp}:`)
    .update(rawBody)
    .digest('hex')
  return `${VERSION}=${mac}`
}
