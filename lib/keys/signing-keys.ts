import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose'
import { type NoteVerifier, noteVerifier } from '#lib/core/audit/note'
import { HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import { SIGNING_ALGORITHMS, type SigningAlg } from '#lib/core/token/algorithms'
import type { Sealer } from './seal'

/** Keys are not shared: what signs allow tokens never signs checkpoints of the audit log. */
export type SigningPurpose = 'allow_token' | 'checkpoint'

/** The public part as published (RFC 7517, RFC 8037). */
export type PublicJwk = { kty: string; crv: string; x: string; y?: string }

/** One signing key as stored. Times are epoch milliseconds. */
export type SigningKeyRecord = {
  /** JWK thumbprint (RFC 7638) of the public part. */
  kid: string
  purpose: SigningPurpose
  alg: SigningAlg
  publicJwk: PublicJwk
  /** Private JWK, sealed for this kid. */
  sealedPrivate: string
  createdAt: number
  /** Signs from here on; published before, so that verifiers know it in time. */
  activeAt: number
  /** Signs no more from here on; null while nothing follows it. */
  retiredAt: number | null
}

/** What may be told of a key. */
export type PublishedKey = Omit<SigningKeyRecord, 'sealedPrivate'>

/** How long verifiers may keep the JWKS. */
export const JWKS_MAX_AGE_MS = 5 * MINUTE_MS
/** A new key is published this long before it signs: longer than anybody keeps an old JWKS. */
export const ACTIVATION_LEAD_MS = 3 * JWKS_MAX_AGE_MS
/** A retired key stays published: longer than the last token that it signed lives. */
export const PUBLISHED_AFTER_MS = HOUR_MS

export const SEAL_PURPOSE = 'signing-key'

/**
 * Makes a signing key that is active at once: the first key of a purpose.
 * @throws RangeError when a checkpoint key is not Ed25519 (c2sp.org/signed-note)
 */
export async function generateSigningKey(
  purpose: SigningPurpose,
  alg: SigningAlg,
  sealer: Sealer,
  now: number,
): Promise<SigningKeyRecord> {
  if (purpose === 'checkpoint' && alg !== 'EdDSA') {
    throw new RangeError('Checkpoints are signed with Ed25519')
  }
  const { publicKey, privateKey } = await generateKeyPair(alg, {
    extractable: true,
  })
  const publicJwk = publicPart(await exportJWK(publicKey))
  const kid = await calculateJwkThumbprint(publicJwk)
  const privateJson = JSON.stringify(await exportJWK(privateKey))
  return {
    kid,
    purpose,
    alg,
    publicJwk,
    sealedPrivate: sealer.seal(SEAL_PURPOSE, kid, Buffer.from(privateJson, 'utf8')),
    createdAt: now,
    activeAt: now,
    retiredAt: null,
  }
}

/**
 * Makes the key that follows the current ones of its purpose. They sign until it becomes active and stay published for a
 * while after; save both parts together.
 * @param leadMs 0 replaces them at once: for a key that was lost or stolen, whose record is then deleted, so that its
 * tokens are refused. Verifiers that hold an older JWKS fetch it again for the unknown kid.
 */
export async function rotateSigningKey(
  records: readonly SigningKeyRecord[],
  next: { purpose: SigningPurpose; alg: SigningAlg; sealer: Sealer; leadMs?: number },
  now: number,
): Promise<{ created: SigningKeyRecord; retired: SigningKeyRecord[] }> {
  const { purpose, alg, sealer, leadMs = ACTIVATION_LEAD_MS } = next
  const made = await generateSigningKey(purpose, alg, sealer, now)
  const created = { ...made, activeAt: now + leadMs }
  const retired = records
    .filter((record) => record.purpose === purpose && !isRetired(record, created.activeAt))
    .map((record) => ({ ...record, retiredAt: created.activeAt }))
  return { created, retired }
}

/** The key that signs now: the youngest active one; undefined when there is none, and then nothing is signed. */
export function currentSigningKey(
  records: readonly SigningKeyRecord[],
  purpose: SigningPurpose,
  now: number,
): SigningKeyRecord | undefined {
  return records
    .filter((one) => one.purpose === purpose && one.activeAt <= now && !isRetired(one, now))
    .sort((a, b) => b.activeAt - a.activeAt || compareText(a.kid, b.kid))[0]
}

/**
 * The JWKS document (RFC 7517): every allow token key that signs, will sign, or signed a token that may still live.
 * Checkpoint keys are not in it.
 */
export function jwksDocument(records: readonly PublishedKey[], now: number): JSONWebKeySet {
  const keys = records
    .filter((one) => one.purpose === 'allow_token' && !isRetired(one, now - PUBLISHED_AFTER_MS))
    .sort((a, b) => b.activeAt - a.activeAt || compareText(a.kid, b.kid))
    .map(({ kid, alg, publicJwk }) => ({ ...publicPart(publicJwk), kid, alg, use: 'sig' }))
  return { keys }
}

/** Every key that ever signed checkpoints of the log, retired ones too: old checkpoints stay to be verified. */
export function checkpointVerifiers(
  records: readonly PublishedKey[],
  origin: string,
): NoteVerifier[] {
  return records
    .filter((one) => one.purpose === 'checkpoint')
    .map(({ publicJwk }) => noteVerifier(origin, Buffer.from(publicJwk.x, 'base64url')))
}

function isRetired({ retiredAt }: PublishedKey, at: number): boolean {
  return retiredAt !== null && retiredAt <= at
}

/** Named members only: whatever else stands in a stored record, no private part is ever published. */
function publicPart(jwk: Partial<PublicJwk>): PublicJwk {
  const { kty, crv, x, y } = jwk
  const row = Object.values(SIGNING_ALGORITHMS).find((one) => one.kty === kty && one.crv === crv)
  if (row === undefined || x === undefined) throw new RangeError('Not a public signing key')
  return y === undefined ? { kty: row.kty, crv: row.crv, x } : { kty: row.kty, crv: row.crv, x, y }
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
