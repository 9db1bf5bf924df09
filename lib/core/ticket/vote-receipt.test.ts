import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { PasskeyJwk } from './assertion'
import { type VoteChallenge, voteChallengeBytes } from './vote-challenge'
import {
  type ExpectedVote,
  type PasskeyReceipt,
  passkeyThumbprint,
  verifyVoteReceipt,
} from './vote-receipt'

const ORIGIN = 'https://countersign.osterby.example'
const RP_ID = 'countersign.osterby.example'
const AT = Date.parse('2026-03-14T10:00:00Z')

const CHALLENGE: VoteChallenge = {
  type: 'countersign/vote-challenge',
  v: 1,
  domain: ORIGIN,
  request_id: 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ',
  review_digest: `sha-256:${'ab'.repeat(32)}`,
  choice: 'approve',
  approver: 'prs_01KKV0AHSRQXN1VRVCC3AEQSTZ',
  nonce: 'bm9uY2Vub25jZW5vbmNl',
  expires_at: '2026-03-14T10:05:00.000Z',
}

type Algorithm = 'ES256' | 'EdDSA' | 'RS256'

function makeKeys(algorithm: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

interface Odd {
  challenge?: Partial<VoteChallenge>
  clientData?: Record<string, unknown>
  rpId?: string
  flags?: number
}

function receipt(
  keys: ReturnType<typeof makeKeys>,
  algorithm: Algorithm,
  odd: Odd = {},
): PasskeyReceipt {
  const challenge = { ...CHALLENGE, ...odd.challenge }
  const clientData = JSON.stringify({
    type: 'webauthn.get',
    challenge: Buffer.from(voteChallengeBytes(challenge)).toString('base64url'),
    origin: ORIGIN,
    crossOrigin: false,
    ...odd.clientData,
  })
  const rpIdHash = createHash('sha256')
    .update(odd.rpId ?? RP_ID)
    .digest()
  const authenticatorData = Buffer.concat([rpIdHash, Buffer.from([odd.flags ?? 0x05, 0, 0, 0, 1])])
  const signed = Buffer.concat([
    authenticatorData,
    createHash('sha256').update(clientData).digest(),
  ])
  const digest = algorithm === 'EdDSA' ? null : 'sha256'
  return {
    type: 'countersign/passkey-receipt',
    v: 1,
    credential_id: 'Y3JlZGVudGlhbA',
    public_key: keys.publicKey.export({ format: 'jwk' }) as PasskeyJwk,
    authenticator_data: authenticatorData.toString('base64url'),
    client_data_json: Buffer.from(clientData).toString('base64url'),
    signature: sign(digest, signed, keys.privateKey).toString('base64url'),
    challenge,
  }
}

async function expectedFor(one: PasskeyReceipt, changed: Partial<ExpectedVote> = {}) {
  const expected: ExpectedVote = {
    domain: ORIGIN,
    origin: ORIGIN,
    requestId: CHALLENGE.request_id,
    reviewDigest: CHALLENGE.review_digest,
    choice: 'approve',
    person: 'prs_01KKV0AHSRQXN1VRVCC3AEQSTZ',
    at: AT,
    keys: [await passkeyThumbprint(one.public_key)],
    ...changed,
  }
  return expected
}

async function outcome(one: unknown, expected: ExpectedVote): Promise<unknown> {
  const result = await verifyVoteReceipt(one, expected)
  return result.ok ? result.value.provenBy : result.refusal.meta?.['reason']
}

const es256 = makeKeys('ES256')
let valid: PasskeyReceipt
let expected: ExpectedVote

beforeAll(async () => {
  valid = receipt(es256, 'ES256')
  expected = await expectedFor(valid)
})

describe('a receipt of a vote by passkey', () => {
  test.each<Algorithm>(['ES256', 'EdDSA', 'RS256'])(
    'verifies offline with %s',
    async (algorithm) => {
      const keys = makeKeys(algorithm)
      for (let round = 0; round < 20; round++) {
        const one = receipt(keys, algorithm, { challenge: { nonce: `nonce-${round}` } })
        expect(await outcome(one, await expectedFor(one))).toBe('signature')
      }
    },
  )

  test('of a challenge without an approver is bound to the human by the key', async () => {
    const one = receipt(es256, 'ES256', { challenge: { approver: null } })
    expect(await outcome(one, expected)).toBe('signature')
    expect(await outcome(one, { ...expected, keys: [] })).toBe('foreign_key')
  })

  test.each<[string, Partial<ExpectedVote>, string]>([
    ['another installation', { domain: 'https://other.example' }, 'binding'],
    ['another ticket', { requestId: 'req_01KKV0AHSRQXN1VRVCC3AEQST0' }, 'binding'],
    ['another review', { reviewDigest: `sha-256:${'cd'.repeat(32)}` }, 'binding'],
    ['the other choice', { choice: 'reject' }, 'binding'],
    ['another human', { person: 'prs_01KKV0AHSRQXN1VRVCC3AEQST0' }, 'binding'],
    ['a later time', { at: AT + 5 * 60_000 + 1 }, 'expired'],
    ['a human with other keys', { keys: ['other'] }, 'foreign_key'],
    ['another origin', { origin: 'https://countersign.osterby.example:8443' }, 'origin'],
  ])('does not hold for %s', async (_name, changed, reason) => {
    expect(await outcome(valid, { ...expected, ...changed })).toBe(reason)
  })

  test.each<[string, Odd, string]>([
    ['a registration', { clientData: { type: 'webauthn.create' } }, 'not_an_assertion'],
    ['another challenge', { clientData: { challenge: 'AAAA' } }, 'challenge'],
    ['another site', { clientData: { origin: 'https://evil.example' } }, 'origin'],
    ['a foreign frame', { clientData: { crossOrigin: true } }, 'cross_origin'],
    ['a frame whose outer page is named', { clientData: { topOrigin: ORIGIN } }, 'cross_origin'],
    ['another relying party', { rpId: 'evil.example' }, 'relying_party'],
    ['nobody at the authenticator', { flags: 0x04 }, 'user_not_present'],
    ['an unverified user', { flags: 0x01 }, 'user_not_verified'],
    ['a challenge that never expires', { challenge: { expires_at: 'never' } }, 'expired'],
  ])('does not hold when signed for %s', async (_name, odd, reason) => {
    expect(await outcome(receipt(es256, 'ES256', odd), expected)).toBe(reason)
  })

  test('does not hold with the key of somebody else', async () => {
    const mallory = receipt(makeKeys('ES256'), 'ES256')
    expect(await outcome(mallory, expected)).toBe('foreign_key')
    const claimed = { ...mallory, public_key: valid.public_key }
    expect(await outcome(claimed, expected)).toBe('signature')
    const result = await verifyVoteReceipt(claimed, expected)
    expect(result.ok).toBe(false)
  })

  test('does not hold with more in its challenge than was looked at', async () => {
    const one = { ...valid, challenge: { ...valid.challenge, also: 'this' } }
    expect(await outcome(one, expected)).toBe('malformed')
  })

  test('holds for no change of any bit of what was signed', async () => {
    const members = ['authenticator_data', 'client_data_json', 'signature'] as const
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...members), fc.nat(), async (member, place) => {
        const bytes = Buffer.from(valid[member], 'base64url')
        const bit = place % (bytes.length * 8)
        const index = bit >> 3
        bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << (bit & 7)), index)
        const changed = { ...valid, [member]: bytes.toString('base64url') }
        expect((await verifyVoteReceipt(changed, expected)).ok).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('of any shape is refused and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(valid), 'nothing'),
        fc.jsonValue(),
        async (member, value) => {
          const changed = member === 'nothing' ? value : { ...valid, [member]: value }
          // A credential id names the key for people; it proves nothing and may be any text.
          if (member === 'credential_id' && typeof value === 'string') return
          expect((await verifyVoteReceipt(changed, expected)).ok).toBe(false)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('the golden receipt', () => {
  const golden = JSON.parse(
    readFileSync(new URL('./vectors/vote-receipt.json', import.meta.url), 'utf8'),
  )

  test('hashes to the bytes that were signed', () => {
    const bytes = voteChallengeBytes(golden.receipt.challenge)
    expect(Buffer.from(bytes).toString('hex')).toBe(golden.challenge_hex)
  })

  test('verifies, for ever', async () => {
    expect(await verifyVoteReceipt(golden.receipt, golden.expected)).toEqual({
      ok: true,
      value: { method: 'passkey', provenBy: 'signature' },
    })
  })
})
