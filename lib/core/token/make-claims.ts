import { SECOND_MS } from '../durations'
import type { MfaMethod, Obligation } from '../policy/types'
import { ok, type Result, refuse } from '../result'
import { type AllowClaims, MAX_TOKEN_LIFETIME_MS } from './claims'

/** What a grant says about its token. Times are epoch milliseconds. */
export type TokenGrant = {
  issuer: string
  audience: string
  requestId: string
  /** Unguessable; a new one replaces the old token of the grant. */
  jti: string
  contractDigest: string
  tools: readonly string[]
  environment: string | null
  policyVersion: string
  decisionOrdinal: number
  approvals: readonly { voter: string; at: number; method: MfaMethod }[]
  obligations: readonly Obligation[]
  generation: number
  auditHead: string
  /** End of the open change window, null where the policy asks for none. */
  windowEndsAt: number | null
  /** End of the execution window of the grant. */
  executionWindowEndsAt: number
}

/**
 * The claims of a new allow token. It ends at the earliest of five minutes from now, the end of the change window and
 * the end of the execution window, rounded down to a second. Store the claims: signing them again gives the same token.
 * @returns the claims, or refusal `grant_lapsed` or `window_closed` when less than a second is left
 */
export function makeAllowClaims(grant: TokenGrant, now: number): Result<AllowClaims> {
  const iat = Math.floor(now / SECOND_MS)
  const windowEndsAt = grant.windowEndsAt ?? Number.POSITIVE_INFINITY
  if (toSeconds(grant.executionWindowEndsAt) <= iat) return refuse('grant_lapsed')
  if (toSeconds(windowEndsAt) <= iat) return refuse('window_closed')
  const latest = iat * SECOND_MS + MAX_TOKEN_LIFETIME_MS
  return ok({
    iss: grant.issuer,
    aud: grant.audience,
    sub: grant.requestId,
    jti: grant.jti,
    iat,
    nbf: iat,
    exp: toSeconds(Math.min(latest, windowEndsAt, grant.executionWindowEndsAt)),
    contract_digest: grant.contractDigest,
    tools: [...grant.tools],
    environment: grant.environment,
    policy_version: grant.policyVersion,
    decision: grant.decisionOrdinal,
    approvals: grant.approvals.map(({ voter, at, method }) => ({
      voter,
      at: new Date(at).toISOString(),
      method,
    })),
    obligations: grant.obligations.map(({ name, value }) => ({ name, value })),
    gen: grant.generation,
    audit_head: grant.auditHead,
  })
}

function toSeconds(at: number): number {
  return Math.floor(at / SECOND_MS)
}
