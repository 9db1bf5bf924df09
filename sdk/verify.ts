import { checkToken, type Expected, KeyCache, orThrow } from './key-cache'
import type { TransportOptions } from './transport'
import type { PublishedKeys, VerifiedToken } from './verified-token'

export { contractDigest } from '../lib/core/contract/digest'
export type { AllowClaims } from '../lib/core/token/claims'
export { CountersignError, TokenError, UnreachableError } from './errors'
export type { PublishedKey, PublishedKeys, VerifiedToken } from './verified-token'

export interface VerifierOptions extends TransportOptions {
  /** What this runtime is registered as; tokens for anybody else are refused. */
  audience: string
  /** The `iss` of its tokens, where the installation is reached under another address than its public one. */
  issuer?: string
}

export type Verifier = (token: string, options?: { signal?: AbortSignal }) => Promise<VerifiedToken>

/**
 * Verifies allow tokens against the published keys, which it fetches, keeps for five minutes, and fetches again for a key that
 * it does not know. Needs web APIs only (fetch, WebCrypto), and no API key.
 *
 * It tells a wrong token early. It does not tell that the grant still stands, or that it is unused: only redeem does.
 * @returns a function that throws TokenError, or what fetching the keys throws
 */
export function tokenVerifier(options: VerifierOptions): Verifier {
  const url = new URL(options.url).origin
  const keys = new KeyCache({ ...options, url })
  const expected = { issuer: options.issuer ?? url, audience: options.audience }
  return (token, { signal } = {}) => keys.verify(token, expected, { signal })
}

/**
 * The same against keys that you have.
 * @param expected `now` is epoch milliseconds; the clock's when left out
 * @throws TokenError
 */
export async function verifyToken(
  token: string,
  expected: Expected & { jwks: PublishedKeys; now?: number },
): Promise<VerifiedToken> {
  return orThrow(await checkToken(token, expected.jwks, expected, expected.now ?? Date.now()))
}
