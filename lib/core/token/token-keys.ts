import { errors, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import { ok, type Result } from '../result'
import { SIGNING_ALGORITHMS, type SigningAlg } from './algorithms'
import { tokenFault } from './token-fault'

type Imported = { material: string; key: Promise<CryptoKey | undefined> }

/** Importing costs as much as verifying, so it is done once for a JWK object; its content is compared all the same. */
const imports = new WeakMap<JWK, Imported>()

/**
 * The public key that a token names. The JWK's own `alg` must be the token's, and `use` and `key_ops`, where present,
 * must allow verifying. A kid that stands twice in the set names no key.
 * @returns refusal `token_invalid` with reason `unknown_key` (the set may be old: fetch it again) or `key_unfit`
 */
export async function findTokenKey(
  jwks: JSONWebKeySet,
  kid: string,
  alg: SigningAlg,
): Promise<Result<CryptoKey>> {
  const [jwk, ...others] = jwks.keys.filter((one) => one.kid === kid)
  if (jwk === undefined || others.length > 0) return tokenFault('unknown_key')
  if (!isFit(jwk, alg)) return tokenFault('key_unfit')
  const key = await importOnce(jwk, alg)
  return key === undefined ? tokenFault('key_unfit') : ok(key)
}

function isFit(jwk: JWK, alg: SigningAlg): boolean {
  const row = SIGNING_ALGORITHMS[alg]
  const { key_ops: operations } = jwk
  return (
    jwk.alg === alg &&
    jwk.kty === row.kty &&
    jwk.crv === row.crv &&
    (jwk.use === undefined || jwk.use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  )
}

function importOnce(jwk: JWK, alg: SigningAlg): Promise<CryptoKey | undefined> {
  const publicJwk = publicPart(jwk, alg)
  const material = JSON.stringify(publicJwk)
  const known = imports.get(jwk)
  if (known?.material === material) return known.key
  const key = importPublic(publicJwk, alg)
  imports.set(jwk, { material, key })
  return key
}

/** Only the coordinates are used: a private part that somebody published by mistake is not read. */
function publicPart(jwk: JWK, alg: SigningAlg): JWK {
  const { kty, crv, coordinates } = SIGNING_ALGORITHMS[alg]
  return { kty, crv, ...Object.fromEntries(coordinates.map((name) => [name, jwk[name]])) }
}

async function importPublic(publicJwk: JWK, alg: SigningAlg): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK(publicJwk, alg)
    return key instanceof Uint8Array ? undefined : key
  } catch (error) {
    // A malformed coordinate is the published key's fault, told as a refusal; WebCrypto says it as a DOMException.
    if (error instanceof errors.JOSEError || error instanceof DOMException) return undefined
    if (error instanceof TypeError) return undefined
    throw error
  }
}
