import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { signWebhook, verifyWebhook, type WebhookHeaders, webhookSecret } from './signature'

const NOW = Date.parse('2026-11-23T10:00:00.400Z')
const SECRET = webhookSecret(Uint8Array.from({ length: 32 }, (_, at) => at))
const OTHER = webhookSecret(new Uint8Array(32).fill(7))
const BODY = '{"type":"request.released","data":{"request_id":"req_ä"}}'

const signed = (secrets = [SECRET], at = NOW) =>
  signWebhook({ id: 'evt_1_2', at, body: BODY }, secrets)
const reason = (
  body: string | Uint8Array,
  headers: WebhookHeaders,
  options: { secrets?: string[]; now?: number; toleranceMs?: number } = {},
) => {
  const verified = verifyWebhook(body, headers, { secrets: [SECRET], now: NOW, ...options })
  return verified.ok ? 'ok' : verified.refusal.meta?.['reason']
}

describe('a signed webhook', () => {
  it('has the signature that the specification gives for its example', () => {
    const { signature } = signWebhook(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body: '{"test": 2432232314}' },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    )
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('is what the standardwebhooks package signs', () => {
    const signature = new Webhook(SECRET).sign('evt_9', new Date(NOW), BODY)
    expect(signWebhook({ id: 'evt_9', at: NOW, body: BODY }, [SECRET]).signature).toBe(signature)
    const headers = { id: 'evt_9', timestamp: String(Math.floor(NOW / 1000)), signature }
    expect(verifyWebhook(BODY, headers, { secrets: [SECRET], now: NOW })).toMatchObject({
      ok: true,
    })
  })

  it('counts for a receiver that holds either secret while one takes the other’s place', () => {
    const both = signed([OTHER, SECRET])
    expect(both.signature.split(' ')).toHaveLength(2)
    expect(reason(BODY, both, { secrets: [SECRET] })).toBe('ok')
    expect(reason(BODY, both, { secrets: [OTHER] })).toBe('ok')
    expect(reason(BODY, signed([SECRET]), { secrets: [OTHER, SECRET] })).toBe('ok')
  })

  it('counts as bytes as well as text', () => {
    expect(reason(new TextEncoder().encode(BODY), signed())).toBe('ok')
  })

  it('is refused with another byte, another id, another time or another secret', () => {
    const headers = signed()
    expect(reason(BODY.replace('released', 'rejected'), headers)).toBe('signature')
    expect(reason(BODY, { ...headers, id: 'evt_1_3' })).toBe('signature')
    const later = String(Number(headers.timestamp) + 1)
    expect(reason(BODY, { ...headers, timestamp: later })).toBe('signature')
    expect(reason(BODY, headers, { secrets: [OTHER] })).toBe('signature')
    expect(reason(BODY, headers, { secrets: [] })).toBe('signature')
  })

  it('is refused when it is stale, and when it comes from the future', () => {
    expect(reason(BODY, signed(), { now: NOW + 302_000 })).toBe('timestamp')
    expect(reason(BODY, signed(), { now: NOW - 302_000 })).toBe('timestamp')
    expect(reason(BODY, signed(), { now: NOW + 299_000 })).toBe('ok')
  })

  it('is refused without its headers, or with odd ones', () => {
    const headers = signed()
    expect(reason(BODY, { ...headers, id: '' })).toBe('headers')
    for (const timestamp of ['', 'now', '1.5', '-1', 'NaN', '1e3']) {
      expect(reason(BODY, { ...headers, timestamp })).toBe('headers')
    }
    for (const signature of [
      '',
      'v1,',
      'v1',
      'v2,abcd',
      'v1,***',
      headers.signature.slice(0, -5),
    ]) {
      expect(reason(BODY, { ...headers, signature })).toBe('signature')
    }
    expect(reason(BODY, { ...headers, signature: `v1a,x ${headers.signature}` })).toBe('ok')
  })

  it('needs a secret that is one, and a clock that is one', () => {
    for (const secret of ['', 'whsec_', 'whsec_c2hvcnQ=', SECRET.slice(6), 'whsec_*']) {
      expect(() => signed([secret])).toThrow(RangeError)
      expect(() => verifyWebhook(BODY, signed(), { secrets: [secret], now: NOW })).toThrow(
        RangeError,
      )
    }
    expect(() => reason(BODY, signed(), { now: Number.NaN })).toThrow(RangeError)
    expect(() => reason(BODY, signed(), { toleranceMs: Number.NaN })).toThrow(RangeError)
  })
})
