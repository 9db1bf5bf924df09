import { decodeJwt, type JSONWebKeySet } from 'jose'
import { SECOND_MS } from '../durations'
import { type AllowClaims, readAllowClaims, type TokenApproval } from '../token/claims'
import { verifyAllowToken } from '../token/verify-token'
import type { HashedEntry } from './entry'
import type { VoteReport } from './vote-report'

/** An allow token that is of a request in the trail. */
export type TokenReport = {
  kid: string
  claims: AllowClaims
  /** What the trail tells of it after it was handed out. */
  use: 'redeemed' | 'burnt' | 'not_used'
}

export type TokenOutcome = { ok: true; token: TokenReport } | { ok: false; detail: string }

export type TokenCheck = {
  /** Each entry, in the order of the export. */
  see: (entry: HashedEntry) => void
  /** Once every entry was seen and holds. `votes` are those that verified. */
  finish: (
    keys: { jwks: JSONWebKeySet; issuer: string },
    votes: readonly VoteReport[],
  ) => Promise<TokenOutcome>
}

/**
 * Checks an allow token that was kept against the trail: signed by a key of the installation, and of this request's grant,
 * contract, policy, decision, approvals and place in the trail. That it has expired since is no fault.
 * @param text the token, a JWS in compact form
 */
export function createTokenCheck(text: string): TokenCheck {
  const unproven = peek(text)
  const stream = `request:${unproven?.sub}`
  /** The newest entry of each type in that stream, and the newest of all. */
  const newest = new Map<string, HashedEntry>()
  let head: HashedEntry | undefined
  let handed: Handed | undefined
  let use: TokenReport['use'] = 'not_used'
  return {
    see: (entry) => {
      if (unproven === undefined || entry.stream !== stream) return
      const { type, body } = entry
      const isThis = body['jti'] === unproven.jti
      if (isThis && type === 'grant.collected') handed = { entry, head, before: new Map(newest) }
      if (isThis && type === 'grant.redeemed') use = 'redeemed'
      if (isThis && type === 'grant.burnt') use = 'burnt'
      newest.set(type, entry)
      head = entry
    },
    finish: async ({ jwks, issuer }, votes) => {
      if (unproven === undefined) return { ok: false, detail: 'The token cannot be read.' }
      // Its own times and audience: what is asked is whether it was good, not whether it is good now.
      const clock = { now: unproven.iat * SECOND_MS, clockToleranceMs: 0 }
      const options = { jwks, issuer, audience: unproven.aud, ...clock }
      const verified = await verifyAllowToken(text, options)
      if (!verified.ok) {
        const { code, meta } = verified.refusal
        return { ok: false, detail: `The token does not verify (${meta?.['reason'] ?? code}).` }
      }
      const { claims, kid } = verified.value
      const detail = mismatch(claims, handed, votes)
      return detail === undefined
        ? { ok: true, token: { kid, claims, use } }
        : { ok: false, detail }
    },
  }
}

/** The entry that tells that this token was handed out, and its stream as it was then. */
type Handed = {
  entry: HashedEntry
  head: HashedEntry | undefined
  before: ReadonlyMap<string, HashedEntry>
}

/** In what way a token that was signed is not the one that the trail tells of. */
function mismatch(
  claims: AllowClaims,
  handed: Handed | undefined,
  votes: readonly VoteReport[],
): string | undefined {
  if (handed === undefined) return 'The trail does not tell that this token was handed out.'
  const { before, entry, head } = handed
  const said = (type: string, name: string) => before.get(type)?.body[name]
  const expiresAt = Date.parse(String(entry.body['token_expires_at']))
  const checks: [string, boolean][] = [
    ['contract', claims.contract_digest === said('request.submitted', 'contract_digest')],
    ['policy version', claims.policy_version === said('request.submitted', 'policy_version')],
    ['decision', claims.decision === said('decision.made', 'ordinal')],
    ['verdict', said('decision.made', 'verdict') === 'ALLOW'],
    ['environment', claims.environment === said('decision.made', 'environment')],
    ['generation', claims.gen === said('grant.created', 'generation')],
    ['expiry', claims.exp * SECOND_MS === expiresAt],
    ['place in the trail', claims.audit_head === head?.hash],
    ['approvals', claims.approvals.every((approval) => isGiven(approval, claims.sub, votes))],
  ]
  const odd = checks.find(([, holds]) => !holds)
  return odd && `The ${odd[0]} of the token is not the one in the trail.`
}

function isGiven(approval: TokenApproval, request: string, votes: readonly VoteReport[]): boolean {
  return votes.some(
    ({ requestId, choice, ended, person, at, method }) =>
      requestId === request &&
      choice === 'approve' &&
      ended === null &&
      person === approval.voter &&
      at === approval.at &&
      method === approval.method,
  )
}

/** What the token says before anything of it is proved: only to know which entries are to be looked at. */
function peek(text: string): AllowClaims | undefined {
  try {
    const read = readAllowClaims(decodeJwt(text))
    return read.ok ? read.claims : undefined
  } catch {
    // No JWS, or no JSON in it.
    return undefined
  }
}
