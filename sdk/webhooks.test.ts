import { describe, expect, expectTypeOf, it } from 'vitest'
import { testBody, type WebhookEventType, webhookBody } from '../lib/core/webhook/events'
import { signWebhook, webhookSecret } from '../lib/core/webhook/signature'
import { Countersign, type RequestEvent, WebhookError, webhooks } from './index'

const NOW = Date.parse('2026-03-14T10:00:00Z')
const SECRET = webhookSecret(new Uint8Array(32).fill(7))
const OTHER = webhookSecret(new Uint8Array(32).fill(8))
const ID = 'evt_01JQ0000000000000000000000'
const body = webhookBody('request.released', NOW, {
  requestId: 'req_01JQ0000000000000000000000',
  ordinal: 4,
  runKey: 'deploy-7',
  contractDigest: 'sha-256:00',
  policyVersion: 'main@1+00000000',
})

function headers(secrets = [SECRET], of = body, at = NOW): Record<string, string> {
  const signed = signWebhook({ id: ID, at, body: of }, secrets)
  return {
    'webhook-id': signed.id,
    'webhook-timestamp': signed.timestamp,
    'webhook-signature': signed.signature,
  }
}

const unwrap = (given: Parameters<typeof webhooks.unwrap>[1], raw: string | Uint8Array = body) =>
  webhooks.unwrap(raw, given, { secret: SECRET, now: NOW })

describe('a delivery', () => {
  it('that is authentic is its event, with the id that stays the same in every attempt', () => {
    const event = unwrap(headers())
    expect(event).toEqual({ id: ID, ...JSON.parse(body) })
    if (event.type === 'webhook.test') throw new Error(event.data.note)
    expectTypeOf(event.data.request_id).toEqualTypeOf<string>()
    expect(event.data.request_id).toBe('req_01JQ0000000000000000000000')
  })

  it('is read with the headers of fetch, of Node, and in any case of letters', () => {
    const upper = Object.fromEntries(
      Object.entries(headers()).map(([name, value]) => [name.toUpperCase(), [value]]),
    )
    for (const given of [new Headers(headers()), headers(), upper]) {
      expect(unwrap(given).type).toBe('request.released')
    }
    expect(unwrap(headers(), new TextEncoder().encode(body)).id).toBe(ID)
  })

  it('is read while one secret takes the other’s place, by holders of either', () => {
    const both = headers([OTHER, SECRET])
    expect(unwrap(both).id).toBe(ID)
    expect(webhooks.unwrap(body, both, { secret: OTHER, now: NOW }).id).toBe(ID)
    expect(webhooks.unwrap(body, headers(), { secret: [OTHER, SECRET], now: NOW }).id).toBe(ID)
  })

  it('of a test is told as one', () => {
    const text = testBody(NOW)
    expect(unwrap(headers([SECRET], text), text).type).toBe('webhook.test')
  })

  it.each([
    ['signed under another secret', headers([OTHER]), body],
    ['whose body was changed', headers(), body.replace('ALLOW', 'DENY ')],
    [
      'that was written again by a JSON parser',
      headers(),
      JSON.stringify(JSON.parse(body), null, 1),
    ],
    ['of six minutes ago', headers([SECRET], body, NOW - 360_000), body],
    ['of six minutes hence', headers([SECRET], body, NOW + 360_000), body],
    ['without a signature', { ...headers(), 'webhook-signature': '' }, body],
    ['without headers', {}, body],
    ['with two ids', { ...headers(), 'Webhook-Id': 'evt_2' }, body],
    ['that is no JSON', headers([SECRET], '<html>'), '<html>'],
    ['that is no event', headers([SECRET], '[]'), '[]'],
  ])('%s is refused', (_, given, raw) => {
    expect(() => unwrap(given, raw)).toThrow(WebhookError)
  })
})

it('the client opens deliveries under its own secret, and says when it has none', () => {
  const now = Date.now()
  const url = 'https://countersign.example'
  const client = new Countersign({ url, webhookSecret: SECRET })
  expect(client.webhooks.unwrap(body, headers([SECRET], body, now)).id).toBe(ID)
  expect(() => new Countersign({ url }).webhooks.unwrap(body, headers())).toThrow('webhookSecret')
})

it('no secret is in what is thrown for a secret that is none', () => {
  const secret = `${SECRET}\n`
  expect(() => webhooks.unwrap(body, headers(), { secret: secret })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining(SECRET) }),
  )
})

it('the SDK knows every event that is sent', () => {
  expectTypeOf<RequestEvent['type']>().toEqualTypeOf<WebhookEventType>()
})
