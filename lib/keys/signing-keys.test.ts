import { calculateJwkThumbprint } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { openCheckpoint, signCheckpoint } from '#lib/core/audit/checkpoint'
import { EMPTY_ROOT } from '#lib/core/audit/merkle-hash'
import type { SigningAlg } from '#lib/core/token/algorithms'
import type { AllowClaims } from '#lib/core/token/claims'
import { mintAllowToken } from '#lib/core/token/mint-token'
import { verifyAllowToken } from '#lib/core/token/verify-token'
import { createSignerOpener } from './open-signer'
import { createSealer, UnsealError } from './seal'
import {
  ACTIVATION_LEAD_MS,
  checkpointVerifiers,
  currentSigningKey,
  generateSigningKey,
  JWKS_MAX_AGE_MS,
  jwksDocument,
  PUBLISHED_AFTER_MS,
  rotateSigningKey,
  type SigningKeyRecord,
} from './signing-keys'

const NOW = 1_773_480_413_000
const ORIGIN = 'countersign.example.com/audit'
const ALGS: SigningAlg[] = ['EdDSA', 'ES256']
const sealer = createSealer('an installation secret of 32 bytes or more')
let first: SigningKeyRecord
let checkpointKey: SigningKeyRecord

beforeAll(async () => {
  first = await generateSigningKey('allow_token', 'EdDSA', sealer, NOW)
  checkpointKey = await generateSigningKey('checkpoint', 'EdDSA', sealer, NOW)
})

function claimsAt(now: number): AllowClaims {
  const iat = Math.floor(now / 1_000)
  const digest = `sha-256:${'ab'.repeat(32)}`
  return {
    iss: 'https://countersign.example.com',
    aud: 'deploy-runtime',
    sub: 'req_01K0',
    jti: 'some-jti',
    iat,
    nbf: iat,
    exp: iat + 300,
    contract_digest: digest,
    tools: ['deploy.production'],
    environment: null,
    policy_version: 'default@1+0a1b2c3d',
    decision: 1,
    approvals: [],
    obligations: [],
    gen: 1,
    audit_head: digest,
  }
}

async function verifies(token: string, records: readonly SigningKeyRecord[], now: number) {
  const verified = await verifyAllowToken(token, {
    jwks: jwksDocument(records, now),
    issuer: 'https://countersign.example.com',
    audience: 'deploy-runtime',
    now,
    clockToleranceMs: 0,
  })
  return verified.ok
}

async function mintWith(record: SigningKeyRecord, now: number): Promise<string> {
  return mintAllowToken(claimsAt(now), await createSignerOpener(sealer).tokenSigner(record))
}

/** Applies a rotation as a caller stores it. */
function applied(
  records: readonly SigningKeyRecord[],
  { created, retired }: { created: SigningKeyRecord; retired: SigningKeyRecord[] },
): SigningKeyRecord[] {
  const changed = new Map(retired.map((record) => [record.kid, record]))
  return [...records.map((record) => changed.get(record.kid) ?? record), created]
}

function signerAt(records: readonly SigningKeyRecord[], now: number): string | undefined {
  return currentSigningKey(records, 'allow_token', now)?.kid
}

describe('a signing key', () => {
  test.each(ALGS)('of %s signs tokens that its published part verifies', async (alg) => {
    const record = await generateSigningKey('allow_token', alg, sealer, NOW)
    expect(await verifies(await mintWith(record, NOW), [record], NOW)).toBe(true)
  })

  test('is named by its thumbprint (RFC 7638)', async () => {
    expect(first.kid).toBe(await calculateJwkThumbprint(first.publicJwk))
  })

  test('rests sealed for its own kid', async () => {
    const other = await generateSigningKey('allow_token', 'EdDSA', sealer, NOW)
    const swapped = { ...first, sealedPrivate: other.sealedPrivate }
    await expect(createSignerOpener(sealer).tokenSigner(swapped)).rejects.toThrow(UnsealError)
    expect(JSON.stringify(first)).not.toContain('"d"')
  })

  test('with another published part than its own does not sign', async () => {
    const other = await generateSigningKey('allow_token', 'EdDSA', sealer, NOW)
    const swapped = { ...first, publicJwk: other.publicJwk }
    await expect(createSignerOpener(sealer).tokenSigner(swapped)).rejects.toThrow(RangeError)
  })

  test('for checkpoints signs checkpoints, and its verifier reads them', async () => {
    const signer = await createSignerOpener(sealer).checkpointSigner(checkpointKey, ORIGIN)
    const note = await signCheckpoint({ size: 0, root: EMPTY_ROOT }, signer)
    const verifiers = checkpointVerifiers([first, checkpointKey], ORIGIN)
    expect(verifiers).toHaveLength(1)
    expect(await openCheckpoint(note, verifiers)).toMatchObject({ origin: ORIGIN, size: 0 })
  })

  test('never signs for the other purpose', async () => {
    const opener = createSignerOpener(sealer)
    await expect(opener.tokenSigner(checkpointKey)).rejects.toThrow(RangeError)
    await expect(opener.checkpointSigner(first, ORIGIN)).rejects.toThrow(RangeError)
  })

  test('for checkpoints is Ed25519 alone', async () => {
    await expect(generateSigningKey('checkpoint', 'ES256', sealer, NOW)).rejects.toThrow(RangeError)
  })

  test('is opened once, and the opened key cannot be exported', async () => {
    const opener = createSignerOpener(sealer)
    const [one, two] = await Promise.all([opener.tokenSigner(first), opener.tokenSigner(first)])
    expect(one.key).toBe(two.key)
    expect(one.key.extractable).toBe(false)
  })

  test('that did not open is tried again', async () => {
    let isReady = false
    const late = createSignerOpener({
      seal: sealer.seal,
      open(purpose, id, sealed) {
        if (!isReady) throw new UnsealError('unknown_secret', purpose, id)
        return sealer.open(purpose, id, sealed)
      },
    })
    await expect(late.tokenSigner(first)).rejects.toThrow(UnsealError)
    isReady = true
    expect((await late.tokenSigner(first)).kid).toBe(first.kid)
  })
})

describe('the signer', () => {
  test('is the key whose time has come, and nobody when there is none', () => {
    expect(signerAt([], NOW)).toBeUndefined()
    expect(signerAt([checkpointKey], NOW)).toBeUndefined()
    expect(signerAt([first], NOW - 1)).toBeUndefined()
    expect(signerAt([first], NOW)).toBe(first.kid)
    expect(signerAt([{ ...first, retiredAt: NOW + 5 }], NOW + 5)).toBeUndefined()
  })

  test('changes once, when the new key has been published for longer than a JWKS is kept', async () => {
    const rotation = await rotateSigningKey(
      [first],
      { purpose: 'allow_token', alg: 'ES256', sealer },
      NOW,
    )
    const records = applied([first], rotation)
    const turn = NOW + ACTIVATION_LEAD_MS
    expect(ACTIVATION_LEAD_MS).toBeGreaterThan(JWKS_MAX_AGE_MS)
    expect(signerAt(records, turn - 1)).toBe(first.kid)
    expect(signerAt(records, turn)).toBe(rotation.created.kid)
    expect(signerAt(records.toReversed(), turn)).toBe(rotation.created.kid)
  })

  test('is never missing and never retired, however often keys are rotated', async () => {
    let records = [first]
    for (const [step, leadMs] of [600_000, 900_000, 0, 300_000].entries()) {
      const now = NOW + step * 100_000
      const next = { purpose: 'allow_token' as const, alg: 'EdDSA' as const, sealer, leadMs }
      records = applied(records, await rotateSigningKey(records, next, now))
    }
    for (let now = NOW; now < NOW + 2_000_000; now += 10_000) {
      const kid = signerAt(records, now)
      expect(kid).toBeDefined()
      expect(jwksDocument(records, now).keys.map((key) => key.kid)).toContain(kid)
    }
  })

  test('is replaced at once when a key was stolen, and its tokens die with its record', async () => {
    const stolen = await mintWith(first, NOW)
    const next = { purpose: 'allow_token' as const, alg: 'EdDSA' as const, sealer, leadMs: 0 }
    const { created, retired } = await rotateSigningKey([first, checkpointKey], next, NOW)
    expect(retired).toEqual([{ ...first, retiredAt: NOW }])
    expect(signerAt([...retired, created], NOW)).toBe(created.kid)
    expect(await verifies(stolen, [...retired, created], NOW)).toBe(true)
    expect(await verifies(stolen, [created], NOW)).toBe(false)
  })

  test('of the other purpose stays when one is rotated', async () => {
    const next = { purpose: 'checkpoint' as const, alg: 'EdDSA' as const, sealer }
    const { retired } = await rotateSigningKey([first, checkpointKey], next, NOW)
    expect(retired.map(({ kid }) => kid)).toEqual([checkpointKey.kid])
  })
})

describe('the JWKS', () => {
  test('holds public members alone, whatever a record holds', () => {
    const leaky = { ...first, publicJwk: { ...first.publicJwk, d: 'private', k: 'secret' } }
    expect(jwksDocument([leaky, checkpointKey], NOW)).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: first.publicJwk.x,
          kid: first.kid,
          alg: 'EdDSA',
          use: 'sig',
        },
      ],
    })
  })

  test('knows a key before it signs, and after it signed for longer than its tokens live', async () => {
    const next = { purpose: 'allow_token' as const, alg: 'EdDSA' as const, sealer }
    const rotation = await rotateSigningKey([first], next, NOW)
    const records = applied([first], rotation)
    const turn = NOW + ACTIVATION_LEAD_MS
    const kids = (now: number) => jwksDocument(records, now).keys.map((key) => key.kid)
    expect(kids(NOW)).toEqual([rotation.created.kid, first.kid])
    expect(kids(turn + PUBLISHED_AFTER_MS - 1)).toEqual([rotation.created.kid, first.kid])
    expect(kids(turn + PUBLISHED_AFTER_MS)).toEqual([rotation.created.kid])
    const lastToken = await mintWith(first, turn - 1)
    expect(await verifies(lastToken, records, turn + 298_999)).toBe(true)
  })

  test('refuses a record that is no signing key', () => {
    const broken = { ...first, publicJwk: { kty: 'RSA', crv: '', x: '' } }
    expect(() => jwksDocument([broken], NOW)).toThrow(RangeError)
  })
})
