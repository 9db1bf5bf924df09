import { calculateJwkThumbprint } from 'jose'
import { ok, type Refused, type Result, refuse } from '../result'
import { type Assertion, assertionFault, type PasskeyJwk } from './assertion'
import { type VoteChallenge, voteChallengeBytes } from './vote-challenge'

/** Kept with a vote by passkey. With it and the voter's registered key anybody can prove what was signed. */
export interface PasskeyReceipt {
  type: 'countersign/passkey-receipt'
  v: 1
  credential_id: string
  public_key: PasskeyJwk
  authenticator_data: string
  client_data_json: string
  signature: string
  challenge: VoteChallenge
}

/** Kept with a vote by code. A code signs nothing: that it was right, and what it was given for, is the server's word. */
export interface TotpReceipt {
  type: 'countersign/totp-receipt'
  v: 1
  request_id: string
  review_digest: string
  choice: 'approve' | 'reject'
  person: string
  /** RFC 6238 time step; one vote uses it up. */
  step: number
}

export type VoteReceipt = PasskeyReceipt | TotpReceipt

/** The vote as recorded, and the keys that the audit trail says are this human's. */
export interface ExpectedVote {
  domain: string
  /** Where the console stood; its host is the RP ID. */
  origin: string
  requestId: string
  reviewDigest: string
  choice: 'approve' | 'reject'
  person: string
  /** When the vote was recorded, epoch ms. */
  at: number
  /** RFC 7638 SHA-256 thumbprints of the voter's passkeys. */
  keys: readonly string[]
}

/** `signature`: only the holder of the key can have made it. `server`: as good as the audit trail it stands in. */
export interface VerifiedReceipt {
  method: 'passkey' | 'totp'
  provenBy: 'signature' | 'server'
}

const FAULTS = {
  malformed: 'The receipt is not of a known form.',
  binding: 'The receipt is for another vote: ticket, review, choice or voter differ.',
  expired: 'The challenge had expired when the vote was recorded.',
  foreign_key: 'The key of the receipt is not a registered key of the voter.',
  not_an_assertion: 'The signed data is not an assertion.',
  challenge: 'What was signed is not the hash of this vote.',
  origin: 'It was signed on another site.',
  cross_origin: 'It was signed inside a frame of another site.',
  relying_party: 'It was signed for another relying party.',
  user_not_present: 'Nobody touched the authenticator.',
  user_not_verified: 'The authenticator did not verify its user.',
  key: 'The public key cannot be read.',
  signature: 'The signature is wrong.',
} as const

export type ReceiptFault = keyof typeof FAULTS

/**
 * Checks, with nothing but its arguments, that this human's key signed exactly this vote (WebAuthn Level 3, section 7.2).
 * @param receipt as stored with the vote; nothing about it is trusted
 * @returns refusal `mfa_failed` with `meta.reason` of ReceiptFault
 */
export async function verifyVoteReceipt(
  receipt: unknown,
  expected: ExpectedVote,
): Promise<Result<VerifiedReceipt>> {
  if (isTotpReceipt(receipt)) {
    return isBoundTo({ ...receipt, approver: receipt.person }, expected)
      ? ok({ method: 'totp', provenBy: 'server' })
      : receiptFault('binding')
  }
  if (!isPasskeyReceipt(receipt)) return receiptFault('malformed')
  const { challenge, public_key: publicKey } = receipt
  if (challenge.domain !== expected.domain) return receiptFault('binding')
  if (!isBoundTo(challenge, expected)) return receiptFault('binding')
  // NaN, for a text that is no time, is not later than anything.
  if (!(Date.parse(challenge.expires_at) >= expected.at)) return receiptFault('expired')
  const thumbprint = await passkeyThumbprint(publicKey)
  if (!expected.keys.includes(thumbprint)) return receiptFault('foreign_key')
  const fault = await assertionFault(assertionOf(receipt), {
    origin: expected.origin,
    challenge: voteChallengeBytes(challenge),
    publicKey,
  })
  return fault === null ? ok({ method: 'passkey', provenBy: 'signature' }) : receiptFault(fault)
}

/** RFC 7638 with SHA-256: names a key in the audit trail. */
export function passkeyThumbprint(publicKey: PasskeyJwk): Promise<string> {
  return calculateJwkThumbprint(publicKey, 'sha256')
}

function receiptFault(reason: ReceiptFault): Refused {
  return refuse('mfa_failed', { detail: FAULTS[reason], meta: { reason } })
}

type Binding = Pick<VoteChallenge, 'request_id' | 'review_digest' | 'choice' | 'approver'>

/** A challenge without an approver is bound to the human by the key alone, which is checked for every receipt. */
function isBoundTo(binding: Binding, expected: ExpectedVote): boolean {
  return (
    binding.request_id === expected.requestId &&
    binding.review_digest === expected.reviewDigest &&
    binding.choice === expected.choice &&
    (binding.approver === null || binding.approver === expected.person)
  )
}

function assertionOf(receipt: PasskeyReceipt): Assertion {
  return {
    authenticatorData: receipt.authenticator_data,
    clientDataJson: receipt.client_data_json,
    signature: receipt.signature,
  }
}

const CHALLENGE_TEXTS = ['domain', 'request_id', 'review_digest', 'choice', 'nonce', 'expires_at']
const CHALLENGE_MEMBERS = [...CHALLENGE_TEXTS, 'type', 'v', 'approver'].sort().join()
const RECEIPT_TEXTS = ['credential_id', 'authenticator_data', 'client_data_json', 'signature']
/** base64url and RFC 3339 need no more; and nothing in these two can then fail to be hashed. */
const PLAIN = /^[\x20-\x7e]+$/

function isPasskeyReceipt(value: unknown): value is PasskeyReceipt {
  return (
    isRecord(value) &&
    value['type'] === 'countersign/passkey-receipt' &&
    value['v'] === 1 &&
    RECEIPT_TEXTS.every((name) => typeof value[name] === 'string') &&
    isPasskeyJwk(value['public_key']) &&
    isVoteChallenge(value['challenge'])
  )
}

/** Exactly these members: one more would be hashed without being looked at. */
function isVoteChallenge(value: unknown): value is VoteChallenge {
  return (
    isRecord(value) &&
    Object.keys(value).sort().join() === CHALLENGE_MEMBERS &&
    value['type'] === 'countersign/vote-challenge' &&
    value['v'] === 1 &&
    CHALLENGE_TEXTS.every((name) => isPlain(value[name])) &&
    (value['approver'] === null || isPlain(value['approver']))
  )
}

function isTotpReceipt(value: unknown): value is TotpReceipt {
  return (
    isRecord(value) &&
    value['type'] === 'countersign/totp-receipt' &&
    value['v'] === 1 &&
    ['request_id', 'review_digest', 'choice', 'person'].every((name) => isPlain(value[name])) &&
    Number.isSafeInteger(value['step'])
  )
}

const JWK_MEMBERS: Record<string, string> = { EC: 'crv,kty,x,y', OKP: 'crv,kty,x', RSA: 'e,kty,n' }

function isPasskeyJwk(value: unknown): value is PasskeyJwk {
  if (!isRecord(value) || typeof value['kty'] !== 'string') return false
  return (
    Object.hasOwn(JWK_MEMBERS, value['kty']) &&
    Object.keys(value).sort().join() === JWK_MEMBERS[value['kty']] &&
    Object.values(value).every(isPlain) &&
    (value['kty'] !== 'EC' || value['crv'] === 'P-256') &&
    (value['kty'] !== 'OKP' || value['crv'] === 'Ed25519')
  )
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && PLAIN.test(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
