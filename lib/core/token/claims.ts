import { isDigest } from '../contract/digest'
import { isJsonObject, type Json, type JsonObject } from '../contract/json'
import { MINUTE_MS, SECOND_MS } from '../durations'
import type { MfaMethod, Obligation } from '../policy/types'

/** `typ` of every allow token; nothing else we sign carries it (RFC 8725 section 3.11). */
export const ALLOW_TOKEN_TYPE = 'allow+jwt'

/** An allow token is short-lived: it can be collected again while the grant lives. */
export const MAX_TOKEN_LIFETIME_MS = 5 * MINUTE_MS
export const MAX_TOKEN_LIFETIME_SECONDS = MAX_TOKEN_LIFETIME_MS / SECOND_MS

/** One counted approval: an opaque voter id, RFC 3339 time, the factor it was proved with. No names. */
export type TokenApproval = { voter: string; at: string; method: MfaMethod }

/** The claims of an allow token as signed. Times are whole epoch seconds (RFC 7519 NumericDate). */
export type AllowClaims = {
  iss: string
  /** The runtime that may redeem it. */
  aud: string
  /** The request id. */
  sub: string
  jti: string
  iat: number
  nbf: number
  exp: number
  contract_digest: string
  tools: string[]
  /** Registered environment; null where the tools name none. */
  environment: string | null
  policy_version: string
  /** Ordinal of the decision that released the request. */
  decision: number
  approvals: TokenApproval[]
  obligations: Obligation[]
  /** Issuer generation: bumped after a restore from backup. */
  gen: number
  /** Hash of the newest audit entry of the request when the token was made. */
  audit_head: string
}

const METHODS: Record<MfaMethod, true> = { none: true, totp: true, passkey: true }
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/

type Check = (value: Json | undefined) => boolean

/** Every claim is required. A check says whether the value has the claim's shape. */
const CLAIM_CHECKS: Record<keyof AllowClaims, Check> = {
  iss: isText,
  aud: isText,
  sub: isText,
  jti: isText,
  iat: isCount,
  nbf: isCount,
  exp: isCount,
  contract_digest: isDigestText,
  tools: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  environment: (value) => value === null || isText(value),
  policy_version: isText,
  decision: isCount,
  approvals: (value) => Array.isArray(value) && value.every(isApproval),
  obligations: (value) => Array.isArray(value) && value.every(isObligation),
  gen: isGeneration,
  audit_head: isDigestText,
}

/**
 * Reads claims out of a signed payload or a stored row. Claims that this version does not know are left out.
 * @returns the claims, or the name of the first claim that is missing or malformed ('' for no object at all)
 */
export function readAllowClaims(
  payload: unknown,
): { ok: true; claims: AllowClaims } | { ok: false; claim: string } {
  // Every member that leaves here is checked below, so taking the whole for JSON is safe.
  const members = payload as Json | undefined
  if (!isJsonObject(members)) return { ok: false, claim: '' }
  const claims: JsonObject = {}
  for (const [name, isValid] of Object.entries(CLAIM_CHECKS)) {
    const value = Object.hasOwn(members, name) ? members[name] : undefined
    if (value === undefined || !isValid(value)) return { ok: false, claim: name }
    claims[name] = value
  }
  // The table above covers every key of the type, so the cast says what was just checked.
  return { ok: true, claims: claims as unknown as AllowClaims }
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== ''
}

function isCount(value: Json | undefined): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isGeneration(value: Json | undefined): boolean {
  return isCount(value) && value !== 0
}

function isDigestText(value: Json | undefined): boolean {
  return typeof value === 'string' && isDigest(value)
}

function isApproval(value: Json): boolean {
  if (!isJsonObject(value)) return false
  const { voter, at, method } = value
  return (
    isText(voter) &&
    typeof at === 'string' &&
    TIMESTAMP.test(at) &&
    typeof method === 'string' &&
    Object.hasOwn(METHODS, method)
  )
}

function isObligation(value: Json): boolean {
  if (!isJsonObject(value)) return false
  const { name, value: bound } = value
  return isText(name) && ['string', 'number', 'boolean'].includes(typeof bound)
}
