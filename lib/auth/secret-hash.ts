import { createHash } from 'node:crypto'

/**
 * SHA-256 of a secret in hex, as stored. The secrets hold at least 100 random bits (recovery codes; all others 224 or more),
 * so a fast hash is enough. Looking one up by its hash tells nothing by its time: whoever sends guesses cannot choose the
 * hashes that are compared, so nothing has to be compared in constant time.
 */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex')
}
