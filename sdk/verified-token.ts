import type { AllowClaims } from '../lib/core/token/claims'

/** A token whose signature, issuer, audience and times are right. It authorises nothing: only an ok from redeem does. */
export interface VerifiedToken {
  claims: AllowClaims
  /** The key that signed it. */
  kid: string
}

/** A JSON Web Key Set (RFC 7517), as at `/.well-known/jwks.json`. */
export interface PublishedKeys {
  keys: PublishedKey[]
}

export interface PublishedKey {
  kty: string
  kid?: string
  alg?: string
  use?: string
  crv?: string
  x?: string
  y?: string
}
