import { CompactSign } from 'jose'
import { canonical } from '../contract/canonical'
import type { SigningAlg } from './algorithms'
import { ALLOW_TOKEN_TYPE, type AllowClaims, readAllowClaims } from './claims'

/** A private key that signs allow tokens. `kid` is published in the JWKS before the key signs. */
export type TokenSigner = { kid: string; alg: SigningAlg; key: CryptoKey }

/**
 * Signs claims as an allow token: JWS compact (RFC 7515), header alg, kid, `typ: allow+jwt`, payload in JCS (RFC 8785)
 * so that claims read back from the database give the same bytes.
 * @throws RangeError when the claims are not claims: nothing half-made is ever signed
 */
export function mintAllowToken(claims: AllowClaims, signer: TokenSigner): Promise<string> {
  const read = readAllowClaims(claims)
  if (!read.ok) throw new RangeError(`Claim ${read.claim} is missing or malformed`)
  return new CompactSign(new TextEncoder().encode(canonical(read.claims)))
    .setProtectedHeader({ alg: signer.alg, kid: signer.kid, typ: ALLOW_TOKEN_TYPE })
    .sign(signer.key)
}
