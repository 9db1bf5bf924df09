import { base64url, compactVerify, errors, type JSONWebKeySet } from 'jose'
import type { Json } from '../contract/json'
import { isJsonObject } from '../contract/json'
import { MINUTE_MS, SECOND_MS } from '../durations'
import { ok, type Refused, type Result, refuse } from '../result'
import { isSigningAlg, type SigningAlg } from './algorithms'
import {
  ALLOW_TOKEN_TYPE,
  type AllowClaims,
  MAX_TOKEN_LIFETIME_SECONDS,
  readAllowClaims,
} from './claims'
import { tokenFault } from './token-fault'
import { findTokenKey } from './token-keys'

/** `now` in epoch milliseconds; the tolerance (0 to 60 s) covers a clock that is off, not a token that is late. */
export type VerifyTokenOptions = {
  jwks: JSONWebKeySet
  issuer: string
  audience: string
  now: number
  clockToleranceMs: number
}

declare const verified: unique symbol

/** An allow token whose signature, type, issuer, audience and times were proved. Only verifyAllowToken makes one. */
export type VerifiedAllowToken = {
  readonly claims: AllowClaims
  readonly kid: string
  readonly [verified]: true
}

const MAX_CLOCK_TOLERANCE_MS = MINUTE_MS
/** The claims repeat parts of one contract (256 KiB at most), in base64. */
const MAX_TOKEN_CHARS = 512 * 1024
const SEGMENT = /^[A-Za-z0-9_-]+$/
/** 64 bytes in the one canonical spelling: the last character carries four bits that must be zero. */
const SIGNATURE = /^[A-Za-z0-9_-]{85}[AQgw]$/

/**
 * Verifies an allow token offline. That is for audit and early refusal: only an ok from redeem authorises execution.
 * Order: form, type, algorithm, key, signature, and only then claims, issuer, times, audience (RFC 8725).
 * @returns refusal `token_invalid` (`meta.reason` says why), `expired` or `audience_mismatch`
 * @throws RangeError when `now` or the tolerance is not a number in range: no comparison with NaN may pass
 */
export async function verifyAllowToken(
  token: string,
  options: VerifyTokenOptions,
): Promise<Result<VerifiedAllowToken>> {
  assertClock(options)
  const header = readHeader(token)
  if (!header.ok) return header
  const { alg, kid } = header.value
  const key = await findTokenKey(options.jwks, kid, alg)
  if (!key.ok) return key
  const payload = await verifySignature(token, key.value, alg)
  if (!payload.ok) return payload
  const read = readAllowClaims(payload.value)
  if (!read.ok) return tokenFault('claims', { claim: read.claim })
  const refused = checkClaims(read.claims, options)
  // We have signed it: which request it is for may be said.
  if (refused !== undefined) return about(read.claims.sub, refused)
  return ok({ claims: read.claims, kid } as VerifiedAllowToken)
}

/** The header is closed: alg, kid, typ. So jwk, jku, x5c, crit and b64 are refused, not followed (RFC 8725 section 3.10). */
function readHeader(token: string): Result<{ alg: SigningAlg; kid: string }> {
  const segments = token.length <= MAX_TOKEN_CHARS ? token.split('.', 4) : []
  const [encoded = '', payload = '', signature = ''] = segments
  // An empty signature goes on to the algorithm check, so that `alg: none` is told as what it is.
  const isCompact = SEGMENT.test(encoded) && SEGMENT.test(payload) && SEGMENT.test(`_${signature}`)
  if (segments.length !== 3 || !isCompact) return tokenFault('malformed')
  const header = parseSegment(encoded)
  if (!isJsonObject(header)) return tokenFault('malformed')
  const { alg, kid, typ, ...others } = header
  if (typ !== ALLOW_TOKEN_TYPE) return tokenFault('type')
  if (!isSigningAlg(alg)) return tokenFault('algorithm')
  if (typeof kid !== 'string' || Object.keys(others).length > 0) return tokenFault('header')
  if (!SIGNATURE.test(signature)) return tokenFault('signature')
  return ok({ alg, kid })
}

async function verifySignature(
  token: string,
  key: CryptoKey,
  alg: SigningAlg,
): Promise<Result<Json>> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [alg] })
    const parsed = parseBytes(payload)
    return parsed === undefined ? tokenFault('claims', { claim: '' }) : ok(parsed)
  } catch (error) {
    if (error instanceof errors.JOSEError) return tokenFault('signature')
    throw error
  }
}

function checkClaims(claims: AllowClaims, options: VerifyTokenOptions): Refused | undefined {
  const { issuer, audience, now, clockToleranceMs } = options
  if (claims.iss !== issuer) return tokenFault('issuer')
  const lifetime = claims.exp - claims.iat
  if (lifetime <= 0 || lifetime > MAX_TOKEN_LIFETIME_SECONDS || claims.nbf >= claims.exp) {
    return tokenFault('lifetime')
  }
  const startsAt = Math.max(claims.nbf, claims.iat) * SECOND_MS
  if (startsAt > now + clockToleranceMs) return tokenFault('not_yet_valid')
  // RFC 7519 section 4.1.4: on or after exp it must not be accepted.
  if (now >= claims.exp * SECOND_MS + clockToleranceMs) return refuse('expired')
  if (claims.aud !== audience) return refuse('audience_mismatch')
  return undefined
}

function about(requestId: string, { refusal }: Refused): Refused {
  return { ok: false, refusal: { ...refusal, requestId } }
}

function assertClock({ now, clockToleranceMs }: VerifyTokenOptions): void {
  if (!Number.isFinite(now)) throw new RangeError('now is epoch milliseconds')
  if (!(clockToleranceMs >= 0 && clockToleranceMs <= MAX_CLOCK_TOLERANCE_MS)) {
    throw new RangeError(`The clock tolerance is 0 to ${MAX_CLOCK_TOLERANCE_MS} ms`)
  }
}

function parseSegment(segment: string): Json | undefined {
  try {
    return parseBytes(base64url.decode(segment))
  } catch {
    // jose throws TypeError for text that is not base64url; to us it is a malformed token either way.
    return undefined
  }
}

function parseBytes(bytes: Uint8Array): Json | undefined {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json
  } catch {
    // Not UTF-8 or not JSON: the caller refuses it.
    return undefined
  }
}
