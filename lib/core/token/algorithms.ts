/** What a key for an algorithm must be: JWK members (RFC 7517, RFC 8037), nothing else is taken. */
export type AlgorithmRow = { kty: string; crv: string; coordinates: readonly ('x' | 'y')[] }

/**
 * The only algorithms of allow tokens (RFC 8037 EdDSA with Ed25519, RFC 7518 ES256). Both are asymmetric, and both
 * signatures are 64 bytes. `none`, HMAC and RSA are refused because they have no row here.
 */
export const SIGNING_ALGORITHMS = {
  EdDSA: { kty: 'OKP', crv: 'Ed25519', coordinates: ['x'] },
  ES256: { kty: 'EC', crv: 'P-256', coordinates: ['x', 'y'] },
} as const satisfies Record<string, AlgorithmRow>

export type SigningAlg = keyof typeof SIGNING_ALGORITHMS

export function isSigningAlg(value: unknown): value is SigningAlg {
  return typeof value === 'string' && Object.hasOwn(SIGNING_ALGORITHMS, value)
}
