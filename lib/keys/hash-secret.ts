import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** `agent`: submit, read, cancel. `runtime`: collect, redeem, report. */
export type ApiKeyKind = 'agent' | 'runtime'

const RANDOM_BYTES = 28
const CHECKSUM_BYTES = 4
const BODY_BYTES = RANDOM_BYTES + CHECKSUM_BYTES
/** ceil(256 / log2(62)): every 32 bytes fit, padded to one length. */
const BODY_CHARS = 43
const HINT_CHARS = 4
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** What a secret scanner searches for; the checksum inside then tells a key from a look-alike. */
export const API_KEY_PATTERN = /\bcsk_(agent|runtime)_([0-9A-Za-z]{43})\b/

/**
 * A new API key: `csk_<kind>_` and 43 base62 characters over 28 random bytes and 4 bytes of checksum.
 * @returns the key, to be shown once; its hash, to be stored; its hint, for people to tell keys apart
 */
export function generateApiKey(kind: ApiKeyKind): { key: string; hash: string; hint: string } {
  const random = randomBytes(RANDOM_BYTES)
  const body = encodeBase62(Buffer.concat([random, checksum(kind, random)]))
  const key = `csk_${kind}_${body}`
  return { key, hash: hashSecret(key), hint: `csk_${kind}_${body.slice(0, HINT_CHARS)}` }
}

/** The kind of a well-formed key with a right checksum, else undefined: a mistyped key needs no look-up. */
export function readApiKey(text: string): ApiKeyKind | undefined {
  const [whole, kind, encoded = ''] = API_KEY_PATTERN.exec(text) ?? []
  if (whole !== text || (kind !== 'agent' && kind !== 'runtime')) return undefined
  const body = decodeBase62(encoded)
  if (body === undefined) return undefined
  const expected = checksum(kind, body.subarray(0, RANDOM_BYTES))
  return expected.equals(body.subarray(RANDOM_BYTES)) ? kind : undefined
}

/**
 * SHA-256 of a secret in hex. Our secrets hold 224 bits or more of randomness, so a fast hash is enough: nobody can
 * guess them, and looking one up by its hash tells an attacker nothing by its time.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex')
}

/** Compares in a time that depends on the lengths alone. */
export function equalSecrets(a: string, b: string): boolean {
  // Hashing first gives both sides one length, which timingSafeEqual demands.
  const left = createHash('sha256').update(a, 'utf8').digest()
  const right = createHash('sha256').update(b, 'utf8').digest()
  return timingSafeEqual(left, right)
}

function checksum(kind: ApiKeyKind, random: Uint8Array): Buffer {
  return createHash('sha256')
    .update(`csk_${kind}_`)
    .update(random)
    .digest()
    .subarray(0, CHECKSUM_BYTES)
}

function encodeBase62(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  while (text.length < BODY_CHARS) {
    text = BASE62.charAt(Number(rest % 62n)) + text
    rest /= 62n
  }
  return text
}

function decodeBase62(text: string): Buffer | undefined {
  let value = 0n
  for (const character of text) value = value * 62n + BigInt(BASE62.indexOf(character))
  const hex = value.toString(16).padStart(BODY_BYTES * 2, '0')
  return hex.length === BODY_BYTES * 2 ? Buffer.from(hex, 'hex') : undefined
}
