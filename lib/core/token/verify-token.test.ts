import fc from 'fast-check'
import {
  CompactSign,
  exportJWK,
  exportSPKI,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
} from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../contract/json'
import { SIGNING_ALGORITHMS, type SigningAlg } from './algorithms'
import type { AllowClaims } from './claims'
import { mintAllowToken } from './mint-token'
import { type VerifyTokenOptions, verifyAllowToken } from './verify-token'

const NOW = 1_773_480_413_589
const CLAIMS: AllowClaims = {
  iss: 'https://countersign.example.com',
  aud: 'deploy-runtime',
  sub: 'req_01K0',
  jti: 'dGhpcyBpcyBub3Qgc2VjcmV0',
  iat: 1_773_480_413,
  nbf: 1_773_480_413,
  exp: 1_773_480_713,
  contract_digest: `sha-256:${'ab'.repeat(32)}`,
  tools: ['deploy.production'],
  environment: 'production',
  policy_version: 'default@3+0a1b2c3d',
  decision: 4,
  approvals: [{ voter: 'prs_01K0', at: '2026-03-14T09:25:53.589Z', method: 'passkey' }],
  obligations: [{ name: 'max_cost_usd', value: 5 }],
  gen: 1,
  audit_head: `sha-256:${'cd'.repeat(32)}`,
}
const ALGS = Object.keys(SIGNING_ALGORITHMS) as SigningAlg[]

type Keys = Record<SigningAlg, GenerateKeyPairResult>
let keys: Keys
let jwks: JSONWebKeySet

beforeAll(async () => {
  keys = {
    EdDSA: await generateKeyPair('EdDSA', { extractable: true }),
    ES256: await generateKeyPair('ES256', { extractable: true }),
  }
  jwks = { keys: await Promise.all(ALGS.map(publicJwk)) }
})

async function publicJwk(alg: SigningAlg): Promise<JWK> {
  return { ...(await exportJWK(keys[alg].publicKey)), kid: `key-${alg}`, alg, use: 'sig' }
}

function mint(claims: AllowClaims = CLAIMS, alg: SigningAlg = 'EdDSA'): Promise<string> {
  return mintAllowToken(claims, { kid: `key-${alg}`, alg, key: keys[alg].privateKey })
}

/** Signs whatever it is told to with the right key: what a careless issuer could make, and an attacker could not. */
function sign(payload: Json, header: JsonObject = {}): Promise<string> {
  const bytes = new TextEncoder().encode(
    typeof payload === 'string' ? payload : JSON.stringify(payload),
  )
  return new CompactSign(bytes)
    .setProtectedHeader({ alg: 'EdDSA', kid: 'key-EdDSA', typ: 'allow+jwt', ...header })
    .sign(keys.EdDSA.privateKey)
}

function withHeader(token: string, header: JsonObject): string {
  return [encode(JSON.stringify(header)), ...token.split('.').slice(1)].join('.')
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url')
}

async function outcome(token: string, options: Partial<VerifyTokenOptions> = {}): Promise<string> {
  const verified = await verifyAllowToken(token, {
    jwks,
    issuer: CLAIMS.iss,
    audience: CLAIMS.aud,
    now: NOW,
    clockToleranceMs: 0,
    ...options,
  })
  if (verified.ok) return 'ok'
  const { code, meta } = verified.refusal
  const reason = meta?.['reason']
  const claim = meta?.['claim']
  return [code, reason, claim].filter((part) => part !== undefined).join(' ')
}

describe('an allow token', () => {
  test.each(ALGS)('minted with %s verifies and gives its claims', async (alg) => {
    const verified = await verifyAllowToken(await mint(CLAIMS, alg), {
      jwks,
      issuer: CLAIMS.iss,
      audience: CLAIMS.aud,
      now: NOW,
      clockToleranceMs: 0,
    })
    expect(verified).toEqual({ ok: true, value: { claims: CLAIMS, kid: `key-${alg}` } })
  })

  test('has the header alg, kid, typ and nothing else', async () => {
    const [header = ''] = (await mint()).split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).toEqual({
      alg: 'EdDSA',
      kid: 'key-EdDSA',
      typ: 'allow+jwt',
    })
  })

  test('is the same when its stored claims are signed again, in whatever order they come back', async () => {
    const reversed = Object.fromEntries(Object.entries(CLAIMS).reverse()) as AllowClaims
    expect(await mint(reversed)).toBe(await mint())
  })

  test('is not minted from claims that no verifier would take', () => {
    const { exp: _, ...rest } = CLAIMS
    expect(() => mint(rest as AllowClaims)).toThrow(RangeError)
  })

  test('leaves out claims that this version does not know', async () => {
    const token = await sign({ ...CLAIMS, admin: true } as unknown as Json)
    const verified = await verifyAllowToken(token, {
      jwks,
      issuer: CLAIMS.iss,
      audience: CLAIMS.aud,
      now: NOW,
      clockToleranceMs: 0,
    })
    expect(verified.ok && verified.value.claims).toEqual(CLAIMS)
  })
})

describe('algorithms', () => {
  test('alg none is refused, with and without a signature', async () => {
    const header = { alg: 'none', kid: 'key-EdDSA', typ: 'allow+jwt' }
    const token = withHeader(await mint(), header)
    expect(await outcome(token)).toBe('token_invalid algorithm')
    const unsigned = `${token.split('.').slice(0, 2).join('.')}.`
    expect(await outcome(unsigned)).toBe('token_invalid algorithm')
  })

  test.each(['NONE', 'nOnE', 'HS256', 'RS256', 'Ed25519', 'ES384', 'toString', '', null, 7])(
    'alg %j is refused',
    async (alg) => {
      const header = { alg, kid: 'key-EdDSA', typ: 'allow+jwt' }
      expect(await outcome(withHeader(await mint(), header))).toBe('token_invalid algorithm')
    },
  )

  test('HS256 with the public key as its secret is refused', async () => {
    const { publicKey } = keys.ES256
    const jwk = await exportJWK(publicKey)
    const secrets = [
      await exportSPKI(publicKey),
      JSON.stringify(jwk),
      Buffer.from(jwk.x ?? '', 'base64url'),
    ]
    for (const secret of secrets) {
      const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(CLAIMS)))
        .setProtectedHeader({ alg: 'HS256', kid: 'key-ES256', typ: 'allow+jwt' })
        .sign(Buffer.concat([Buffer.from(secret), Buffer.alloc(32)]).subarray(0, 32))
      expect(await outcome(token)).toBe('token_invalid algorithm')
    }
  })

  test('the algorithm of the token must be that of the key', async () => {
    const token = withHeader(await mint(), { alg: 'ES256', kid: 'key-EdDSA', typ: 'allow+jwt' })
    expect(await outcome(token)).toBe('token_invalid key_unfit')
  })
})

describe('keys', () => {
  test('an unknown kid is refused', async () => {
    expect(await outcome(await sign(CLAIMS as unknown as Json, { kid: 'other' }))).toBe(
      'token_invalid unknown_key',
    )
    expect(await outcome(await mint(), { jwks: { keys: [] } })).toBe('token_invalid unknown_key')
  })

  test('a kid that stands twice names no key', async () => {
    const twice = { keys: [...jwks.keys, ...jwks.keys] }
    expect(await outcome(await mint(), { jwks: twice })).toBe('token_invalid unknown_key')
  })

  test('another key under the same kid does not verify', async () => {
    const other = await generateKeyPair('EdDSA', { extractable: true })
    const swapped = { ...(await exportJWK(other.publicKey)), kid: 'key-EdDSA', alg: 'EdDSA' }
    expect(await outcome(await mint(), { jwks: { keys: [swapped] } })).toBe(
      'token_invalid signature',
    )
  })

  test.each<[string, Partial<JWK>]>([
    ['without alg', { alg: undefined as unknown as string }],
    ['of another alg', { alg: 'ES256' }],
    ['for encryption', { use: 'enc' }],
    ['not for verifying', { key_ops: ['sign'] }],
    ['of another type', { kty: 'EC' }],
    ['of another curve', { crv: 'X25519' }],
    ['with a short coordinate', { x: 'AAAA' }],
    ['with a coordinate that is no text', { x: 7 as unknown as string }],
    ['without its coordinate', { x: undefined as unknown as string }],
  ])('a published key %s is not used', async (_, change) => {
    const [key] = jwks.keys.filter(({ alg }) => alg === 'EdDSA')
    const changed = { keys: [{ ...key, ...change } as JWK] }
    expect(await outcome(await mint(), { jwks: changed })).toBe('token_invalid key_unfit')
  })

  test('a published key may say that it is for verifying, and may leave out its use', async () => {
    const [key] = jwks.keys.filter(({ alg }) => alg === 'EdDSA')
    const { use: _, ...rest } = { ...key, key_ops: ['verify'] } as JWK
    expect(await outcome(await mint(), { jwks: { keys: [rest as JWK] } })).toBe('ok')
  })

  test('a key whose content changed in place is imported again', async () => {
    const key = { ...(await publicJwk('EdDSA')) }
    const set = { keys: [key] }
    expect(await outcome(await mint(), { jwks: set })).toBe('ok')
    const other = await generateKeyPair('EdDSA', { extractable: true })
    Object.assign(key, await exportJWK(other.publicKey))
    expect(await outcome(await mint(), { jwks: set })).toBe('token_invalid signature')
  })

  test('the given key set is left as it was', async () => {
    const set = { keys: [await publicJwk('EdDSA')] }
    await outcome(await mint(), { jwks: set })
    expect(Object.isFrozen(set.keys[0])).toBe(false)
  })
})

describe('the header', () => {
  test.each(['JWT', 'at+jwt', 'application/allow+jwt', 'ALLOW+JWT', '', null])(
    'typ %j is refused',
    async (typ) => {
      expect(await outcome(await sign(CLAIMS as unknown as Json, { typ }))).toBe(
        'token_invalid type',
      )
    },
  )

  test('a missing typ is refused', async () => {
    const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(CLAIMS)))
      .setProtectedHeader({ alg: 'EdDSA', kid: 'key-EdDSA' })
      .sign(keys.EdDSA.privateKey)
    expect(await outcome(token)).toBe('token_invalid type')
  })

  test('a missing kid is refused', async () => {
    const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(CLAIMS)))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'allow+jwt' })
      .sign(keys.EdDSA.privateKey)
    expect(await outcome(token)).toBe('token_invalid header')
  })

  test('a key inside the token is not followed', async () => {
    const attacker = await generateKeyPair('EdDSA', { extractable: true })
    const jwk = await exportJWK(attacker.publicKey)
    const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(CLAIMS)))
      .setProtectedHeader({ alg: 'EdDSA', kid: 'key-EdDSA', typ: 'allow+jwt', jwk })
      .sign(attacker.privateKey)
    expect(await outcome(token)).toBe('token_invalid header')
  })

  test.each<[string, Json]>([
    ['crit', ['exp']],
    ['crit', ['b64']],
    ['b64', false],
    ['jku', 'https://evil.example.com/jwks.json'],
    ['x5u', 'https://evil.example.com/cert.pem'],
    ['x5c', ['AAAA']],
    ['cty', 'JWT'],
    ['zip', 'DEF'],
  ])('a %s header is refused', async (name, value) => {
    const [header, ...rest] = (await mint()).split('.')
    const members = JSON.parse(Buffer.from(header ?? '', 'base64url').toString('utf8'))
    const token = [encode(JSON.stringify({ ...members, [name]: value })), ...rest].join('.')
    expect(await outcome(token)).toBe('token_invalid header')
  })
})

describe('the form', () => {
  test('no changed character of the text leaves it valid', async () => {
    const token = await mint()
    const base64url = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.oneof(fc.constantFrom(...base64url), fc.string({ minLength: 1, maxLength: 1 })),
        async (at, other) => {
          fc.pre(token[at] !== other)
          const changed = token.slice(0, at) + other + token.slice(at + 1)
          expect(await outcome(changed)).toMatch(/^token_invalid /)
        },
      ),
      { numRuns: 300 },
    )
  })

  test.each(ALGS)('no flipped bit of a %s token leaves it valid', async (alg) => {
    const segments = (await mint(CLAIMS, alg))
      .split('.')
      .map((one) => Buffer.from(one, 'base64url'))
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(), async (which, bit) => {
        const flipped = segments.map((segment) => Buffer.from(segment))
        const segment = flipped[which] ?? Buffer.alloc(0)
        const at = Math.floor(bit / 8) % segment.length
        segment[at] = (segment[at] ?? 0) ^ (1 << (bit % 8))
        const token = flipped.map((one) => one.toString('base64url')).join('.')
        expect(await outcome(token)).toMatch(/^token_invalid /)
      }),
      { numRuns: 200 },
    )
  })

  test('each spelling of a signature but one is refused', async () => {
    const token = await mint()
    const last = token.at(-1) ?? ''
    const spellings = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
    for (const other of spellings.filter((one) => one !== last)) {
      expect(await outcome(token.slice(0, -1) + other)).toBe('token_invalid signature')
    }
  })

  test.each([
    ['nothing', ''],
    ['dots', '..'],
    ['two segments', 'e30.e30'],
    ['four segments', 'e30.e30.e30.e30'],
    ['a header that is no base64url', '!!.e30.e30'],
    ['a header that is no JSON', `${encode('nope')}.e30.AAAA`],
    ['a header that is a list', `${encode('[]')}.e30.AAAA`],
    ['a header that is no UTF-8', `${Buffer.from([0xff]).toString('base64url')}.e30.AAAA`],
    ['an encrypted token', 'e30.e30.e30.e30.e30'],
    ['far too much', 'A'.repeat(600_000)],
  ])('%s is refused', async (_, token) => {
    expect(await outcome(token)).toBe('token_invalid malformed')
  })

  test('padding and white space are refused', async () => {
    const token = await mint()
    expect(await outcome(`${token}=`)).toBe('token_invalid malformed')
    expect(await outcome(` ${token}`)).toBe('token_invalid malformed')
    expect(await outcome(`${token}\n`)).toBe('token_invalid malformed')
  })

  test('no text at all ends in anything but a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await outcome(text)).toMatch(/^token_invalid /)
      }),
    )
  })
})

describe('claims', () => {
  test.each(Object.keys(CLAIMS))('a token without %s is refused', async (name) => {
    const { [name]: _, ...rest } = CLAIMS as unknown as JsonObject
    expect(await outcome(await sign(rest))).toBe(`token_invalid claims ${name}`)
  })

  test.each<[string, Json]>([
    ['iss', ''],
    ['iss', ['https://countersign.example.com']],
    ['aud', ['deploy-runtime']],
    ['aud', null],
    ['sub', 7],
    ['jti', ''],
    ['iat', '1773480413'],
    ['nbf', 1.5],
    ['exp', null],
    ['exp', '9999999999'],
    ['exp', 1e300],
    ['exp', -1],
    ['contract_digest', 'sha-256:00'],
    ['contract_digest', `sha-256:${'AB'.repeat(32)}`],
    ['tools', []],
    ['tools', 'deploy.production'],
    ['tools', ['']],
    ['environment', ''],
    ['environment', false],
    ['policy_version', null],
    ['decision', '4'],
    ['approvals', {}],
    ['approvals', [null]],
    ['approvals', [{ voter: '', at: '2026-03-14T09:25:53.589Z', method: 'totp' }]],
    ['approvals', [{ voter: 'prs_1', at: 'yesterday', method: 'totp' }]],
    ['approvals', [{ voter: 'prs_1', at: '2026-03-14T09:25:53.589Z', method: 'nod' }]],
    ['approvals', [{ voter: 'prs_1', at: '2026-03-14T09:25:53.589Z', method: 'toString' }]],
    ['obligations', null],
    ['obligations', ['dry-run']],
    ['obligations', [{ name: '', value: true }]],
    ['obligations', [{ name: 'dry-run', value: null }]],
    ['gen', 0],
    ['gen', '1'],
    ['audit_head', ''],
  ])('%s %j is refused', async (name, value) => {
    const token = await sign({ ...(CLAIMS as unknown as JsonObject), [name]: value })
    expect(await outcome(token)).toBe(`token_invalid claims ${name}`)
  })

  test('environment null, no approvals and no obligations are fine: a read that policy allowed', async () => {
    const bare = { ...CLAIMS, environment: null, approvals: [], obligations: [], decision: 0 }
    expect(await outcome(await mint(bare))).toBe('ok')
  })

  test.each<[string, Json]>([
    ['a list', []],
    ['null', null],
    ['a text', '"allow"'],
    ['no JSON', 'allow'],
  ])('a payload that is %s is refused', async (_, payload) => {
    expect(await outcome(await sign(payload))).toBe('token_invalid claims ')
  })

  test('another issuer is refused', async () => {
    for (const iss of [
      'https://other.example.com',
      `${CLAIMS.iss}/`,
      'HTTPS://countersign.example.com',
    ]) {
      expect(await outcome(await mint({ ...CLAIMS, iss }))).toBe('token_invalid issuer')
    }
  })

  test('another audience is refused', async () => {
    expect(await outcome(await mint(), { audience: 'other-runtime' })).toBe('audience_mismatch')
    expect(await outcome(await mint(), { audience: 'deploy-runtime ' })).toBe('audience_mismatch')
  })
})

describe('times', () => {
  test('it is refused from its exp on', async () => {
    const token = await mint()
    const end = CLAIMS.exp * 1_000
    expect(await outcome(token, { now: end - 1 })).toBe('ok')
    expect(await outcome(token, { now: end })).toBe('expired')
    expect(await outcome(token, { now: end + 999, clockToleranceMs: 1_000 })).toBe('ok')
    expect(await outcome(token, { now: end + 1_000, clockToleranceMs: 1_000 })).toBe('expired')
  })

  test('it is refused before its nbf and before its iat', async () => {
    const start = CLAIMS.nbf * 1_000
    const token = await mint()
    expect(await outcome(token, { now: start })).toBe('ok')
    expect(await outcome(token, { now: start - 1 })).toBe('token_invalid not_yet_valid')
    expect(await outcome(token, { now: start - 1_000, clockToleranceMs: 1_000 })).toBe('ok')
    expect(await outcome(token, { now: start - 1_001, clockToleranceMs: 1_000 })).toBe(
      'token_invalid not_yet_valid',
    )
    const later = await mint({ ...CLAIMS, nbf: CLAIMS.nbf + 60 })
    expect(await outcome(later)).toBe('token_invalid not_yet_valid')
    const future = { ...CLAIMS, iat: CLAIMS.iat + 60, exp: CLAIMS.exp + 60 }
    expect(await outcome(await mint(future))).toBe('token_invalid not_yet_valid')
  })

  test.each([
    ['a second more than five minutes', { exp: CLAIMS.iat + 301 }],
    ['for ever', { exp: Number.MAX_SAFE_INTEGER }],
    ['not at all', { exp: CLAIMS.iat }],
    ['backwards', { exp: CLAIMS.iat - 1 }],
    ['from its end on', { nbf: CLAIMS.exp }],
    ['before it was made', { nbf: CLAIMS.iat - 9, exp: CLAIMS.iat - 1 }],
  ])('a token that lives %s is refused', async (_, change) => {
    expect(await outcome(await mint({ ...CLAIMS, ...change }))).toBe('token_invalid lifetime')
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'a clock that says %s is a fault, never a pass',
    async (now) => {
      await expect(outcome(await mint(), { now })).rejects.toThrow(RangeError)
    },
  )

  test.each([-1, 60_001, Number.NaN, Number.POSITIVE_INFINITY])(
    'a tolerance of %s is a fault, never a pass',
    async (clockToleranceMs) => {
      await expect(outcome(await mint(), { clockToleranceMs })).rejects.toThrow(RangeError)
    },
  )
})
