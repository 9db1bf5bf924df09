import { type Refused, refuse } from '../result'

/** Why a text is no allow token of ours. Told as `meta.reason` of the refusal `token_invalid`. */
const TOKEN_FAULTS = {
  malformed: 'The token is not a compact JWS.',
  header: 'The token’s header may hold alg, kid and typ, each exactly once, and nothing else.',
  type: 'The token is not of type allow+jwt.',
  algorithm: 'The token’s algorithm is not one of EdDSA and ES256.',
  unknown_key: 'The token names a key that the issuer does not publish.',
  key_unfit: 'The key that the token names is not for this algorithm or not for signatures.',
  signature: 'The token’s signature is wrong.',
  claims: 'A claim of the token is missing or malformed.',
  issuer: 'The token is from another issuer.',
  not_yet_valid: 'The token is not valid yet: a clock is wrong, or it was made for later.',
  lifetime: 'The token lives longer than an allow token may, or not at all.',
} as const

export type TokenFault = keyof typeof TOKEN_FAULTS

export function tokenFault(reason: TokenFault, more: { claim?: string } = {}): Refused {
  return refuse('token_invalid', { detail: TOKEN_FAULTS[reason], meta: { reason, ...more } })
}
