import { COSEALG, cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers'
import type { PasskeyJwk } from '#lib/core/ticket/assertion'

/** What we offer to authenticators, best first. RS256 is all that Windows Hello makes on many machines. */
export const PASSKEY_ALGORITHMS = [COSEALG.ES256, COSEALG.EdDSA, COSEALG.RS256]

/**
 * A stored COSE key (RFC 9053) as JWK, the form that receipts and the audit trail hold, because everybody can read it.
 * @returns undefined for a key of any other algorithm or curve
 */
export function passkeyJwk(publicKey: Uint8Array): PasskeyJwk | undefined {
  const key = decodeCredentialPublicKey(new Uint8Array(publicKey))
  const algorithm = key.get(cose.COSEKEYS.alg)
  if (algorithm === COSEALG.ES256 && cose.isCOSEPublicKeyEC2(key)) return ellipticJwk(key)
  if (algorithm === COSEALG.EdDSA && cose.isCOSEPublicKeyOKP(key)) return edwardsJwk(key)
  if (algorithm === COSEALG.RS256 && cose.isCOSEPublicKeyRSA(key)) return rsaJwk(key)
  return undefined
}

function ellipticJwk(key: cose.COSEPublicKeyEC2): PasskeyJwk | undefined {
  const x = key.get(cose.COSEKEYS.x)
  const y = key.get(cose.COSEKEYS.y)
  if (key.get(cose.COSEKEYS.crv) !== cose.COSECRV.P256 || !x || !y) return undefined
  return { kty: 'EC', crv: 'P-256', x: encode(x), y: encode(y) }
}

function edwardsJwk(key: cose.COSEPublicKeyOKP): PasskeyJwk | undefined {
  const x = key.get(cose.COSEKEYS.x)
  if (key.get(cose.COSEKEYS.crv) !== cose.COSECRV.ED25519 || !x) return undefined
  return { kty: 'OKP', crv: 'Ed25519', x: encode(x) }
}

function rsaJwk(key: cose.COSEPublicKeyRSA): PasskeyJwk | undefined {
  const n = key.get(cose.COSEKEYS.n)
  const e = key.get(cose.COSEKEYS.e)
  if (!n || !e) return undefined
  return { kty: 'RSA', n: encode(n), e: encode(e) }
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
