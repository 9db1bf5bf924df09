import { hexToBytes } from '@noble/hashes/utils.js'
import { digestOf } from '../contract/digest'

/** What a passkey signs when its holder votes: a hashed document, so the members keep the names they are hashed under. */
export interface VoteChallenge {
  type: 'countersign/vote-challenge'
  v: 1
  /** Issuer: the origin of the installation. */
  domain: string
  request_id: string
  /** Digest of all that the voter was shown. */
  review_digest: string
  choice: 'approve' | 'reject'
  /** Person id; null where the passkey itself says who votes. The key then names the human. */
  approver: string | null
  /** base64url of at least 16 random bytes. */
  nonce: string
  /** RFC 3339 in UTC, at most VOTE_CHALLENGE_MS after it was made. */
  expires_at: string
}

/** A vote challenge is good for five minutes. */
export const VOTE_CHALLENGE_MS = 5 * 60_000

/** The 32 bytes that the authenticator gets: SHA-256 over the JCS form (RFC 8785) of the document. */
export function voteChallengeBytes(challenge: VoteChallenge): Uint8Array<ArrayBuffer> {
  const hex = digestOf(challenge).slice('sha-256:'.length)
  return new Uint8Array(hexToBytes(hex))
}
