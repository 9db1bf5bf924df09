import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url, importJWK, type JWK } from 'jose'

/** A passkey's public key as JWK (RFC 7517): the members that make the key, nothing else. */
export type PasskeyJwk =
  | { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  | { kty: 'OKP'; crv: 'Ed25519'; x: string }
  | { kty: 'RSA'; n: string; e: string }

/** What an authenticator answered (WebAuthn Level 3, section 5.2.2); every member is base64url. */
export interface Assertion {
  authenticatorData: string
  clientDataJson: string
  signature: string
}

export interface ExpectedAssertion {
  /** Scheme, host and port of the page; its host is the RP ID. */
  origin: string
  challenge: Uint8Array
  publicKey: PasskeyJwk
}

export type AssertionFault =
  | 'malformed'
  | 'not_an_assertion'
  | 'challenge'
  | 'origin'
  | 'cross_origin'
  | 'relying_party'
  | 'user_not_present'
  | 'user_not_verified'
  | 'key'
  | 'signature'

const ALGORITHMS = {
  EC: { jose: 'ES256', verify: { name: 'ECDSA', hash: 'SHA-256' } },
  OKP: { jose: 'EdDSA', verify: { name: 'Ed25519' } },
  RSA: { jose: 'RS256', verify: { name: 'RSASSA-PKCS1-v1_5' } },
} as const

const MIN_AUTHENTICATOR_DATA = 37
const RP_ID_HASH_BYTES = 32
const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const P256_BYTES = 32

/**
 * Verifies an assertion as WebAuthn Level 3, section 7.2 tells, with nothing but what is passed in, so that anybody can
 * do it again years later. User verification is demanded; a page inside a foreign frame is refused.
 * @returns why it does not hold, or null when it holds
 */
export async function assertionFault(
  assertion: Assertion,
  expected: ExpectedAssertion,
): Promise<AssertionFault | null> {
  const authenticatorData = decode(assertion.authenticatorData)
  const clientData = decode(assertion.clientDataJson)
  const signature = decode(assertion.signature)
  if (authenticatorData === undefined || clientData === undefined || signature === undefined) {
    return 'malformed'
  }
  const fault =
    clientDataFault(clientData, expected) ?? authenticatorDataFault(authenticatorData, expected)
  if (fault !== null) return fault
  const signed = new Uint8Array([...authenticatorData, ...sha256(clientData)])
  return await signatureFault(expected.publicKey, signature, signed)
}

function clientDataFault(bytes: Uint8Array, expected: ExpectedAssertion): AssertionFault | null {
  const data = parseObject(bytes)
  if (data === undefined) return 'malformed'
  if (data['type'] !== 'webauthn.get') return 'not_an_assertion'
  if (data['challenge'] !== base64url.encode(expected.challenge)) return 'challenge'
  if (data['origin'] !== expected.origin) return 'origin'
  if (data['crossOrigin'] === true || data['topOrigin'] !== undefined) return 'cross_origin'
  return null
}

/** Layout: RP ID hash (32), flags (1), counter (4), then extensions (WebAuthn section 6.1). */
function authenticatorDataFault(
  bytes: Uint8Array,
  expected: ExpectedAssertion,
): AssertionFault | null {
  if (bytes.length < MIN_AUTHENTICATOR_DATA) return 'malformed'
  const rpIdHash = sha256(utf8ToBytes(new URL(expected.origin).hostname))
  if (!rpIdHash.every((byte, index) => byte === bytes[index])) return 'relying_party'
  const flags = bytes[RP_ID_HASH_BYTES] ?? 0
  if ((flags & USER_PRESENT) === 0) return 'user_not_present'
  if ((flags & USER_VERIFIED) === 0) return 'user_not_verified'
  return null
}

async function signatureFault(
  jwk: PasskeyJwk,
  signature: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<AssertionFault | null> {
  const algorithm = ALGORITHMS[jwk.kty]
  const key = await importKey(jwk, algorithm.jose)
  if (key === undefined) return 'key'
  const raw = jwk.kty === 'EC' ? rawFromDer(signature) : signature
  if (raw === undefined) return 'signature'
  const holds = await globalThis.crypto.subtle.verify(algorithm.verify, key, raw, signed)
  return holds ? null : 'signature'
}

async function importKey(jwk: PasskeyJwk, algorithm: string): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK({ ...jwk } satisfies JWK, algorithm)
    return key instanceof Uint8Array ? undefined : key
  } catch {
    // A stored key that WebCrypto does not take verifies nothing.
    return undefined
  }
}

/** ECDSA signatures come as ASN.1 DER (WebAuthn section 6.5.5); WebCrypto wants r and s side by side. */
function rawFromDer(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined
  const r = readInteger(der, 2)
  if (r === undefined) return undefined
  const s = readInteger(der, r.end)
  if (s === undefined || s.end !== der.length) return undefined
  return new Uint8Array([...r.value, ...s.value])
}

function readInteger(
  der: Uint8Array,
  start: number,
): { value: Uint8Array; end: number } | undefined {
  const length = der[start + 1] ?? 0
  const end = start + 2 + length
  if (der[start] !== 0x02 || length === 0 || length > P256_BYTES + 1 || end > der.length) {
    return undefined
  }
  const significant = der.subarray(start + 2, end)
  const padded = new Uint8Array(P256_BYTES)
  const digits = significant.length > P256_BYTES ? significant.subarray(1) : significant
  if (significant.length > P256_BYTES && significant[0] !== 0) return undefined
  padded.set(digits, P256_BYTES - digits.length)
  return { value: padded, end }
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    // Not UTF-8 or not JSON: the same answer for both.
    return undefined
  }
}

function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined
  try {
    return new Uint8Array(base64url.decode(text))
  } catch {
    // A length that no bytes encode to.
    return undefined
  }
}
