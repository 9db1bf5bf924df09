import { createHash } from 'node:crypto'

/**
 * SHA-256 of a secret in hex, as stored. The secrets hold at least 224 random bits, so a fast hash is enough, and looking
 * one up by its hash tells nothing by its time.
 */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex')
}
