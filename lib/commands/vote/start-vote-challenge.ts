import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { saveChallenge } from '#lib/auth/challenge'
import { credentialsOf, listFactors, usableFactors } from '#lib/auth/factors'
import { type AuthRuntime, relyingParty } from '#lib/auth/runtime'
import { ok, type Result, refuse } from '#lib/core/result'
import {
  VOTE_CHALLENGE_MS,
  type VoteChallenge,
  voteChallengeBytes,
} from '#lib/core/ticket/vote-challenge'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'

export interface StartVoteChallengeInput {
  /** null: the passkey will say who votes (the page that one ceremony is enough for). */
  personId: string | null
  requestId: string
  /** Of what the voter's screen shows. Compared with the ticket when the vote is cast. */
  reviewDigest: string
  choice: 'approve' | 'reject'
}

export interface VoteChallengeStarted {
  /** For `navigator.credentials.get`. */
  options: PublicKeyCredentialRequestOptionsJSON
  /** Epoch ms. */
  expiresAt: number
}

const NONCE_BYTES = 24

/**
 * Makes the challenge whose hash a passkey signs to vote: this choice, on this review of this ticket, by this person. It
 * says nothing about whether the vote will be accepted; that is asked under the ticket's lock.
 * @returns refusal `not_found`, `ticket_closed`, `mfa_required` or `factor_not_confirmed`
 */
export async function startVoteChallenge(
  runtime: AuthRuntime,
  input: StartVoteChallengeInput,
): Promise<Result<VoteChallengeStarted>> {
  const now = runtime.now()
  const expiresAt = now + VOTE_CHALLENGE_MS
  const payload = payloadOf(runtime, input, expiresAt)
  const bytes = voteChallengeBytes(payload)
  const allowed = await inTransaction(runtime.db, async (tx) => {
    const credentials = await credentialsFor(tx, input)
    if (!credentials.ok) return credentials
    const id = runtime.newId('chl')
    const { personId, requestId } = input
    const challenge = {
      id,
      purpose: 'vote',
      personId,
      requestId,
      bytes,
      payload,
      expiresAt,
    } as const
    await saveChallenge(tx, challenge, now)
    return credentials
  })
  if (!allowed.ok) return allowed
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(runtime).id,
    challenge: bytes,
    timeout: VOTE_CHALLENGE_MS,
    userVerification: 'required',
    ...(input.personId !== null && { allowCredentials: allowed.value }),
  })
  return ok({ options, expiresAt })
}

function payloadOf(
  runtime: AuthRuntime,
  input: StartVoteChallengeInput,
  expiresAt: number,
): VoteChallenge {
  return {
    type: 'countersign/vote-challenge',
    v: 1,
    domain: runtime.installation.domain,
    request_id: input.requestId,
    review_digest: input.reviewDigest,
    choice: input.choice,
    approver: input.personId,
    nonce: Buffer.from(runtime.randomBytes(NONCE_BYTES)).toString('base64url'),
    expires_at: new Date(expiresAt).toISOString(),
  }
}

async function credentialsFor(
  tx: Tx,
  { personId, requestId }: StartVoteChallengeInput,
): Promise<Result<{ id: string; transports: string[] }[]>> {
  const request = await tx.request.findUnique({
    where: { id: requestId },
    select: { state: true, openedAt: true },
  })
  if (request === null) return refuse('not_found')
  if (request.state !== 'open' || request.openedAt === null) return refuse('ticket_closed')
  if (personId === null) return ok([])
  const usable = credentialsOf(await usableFactors(tx, personId, request.openedAt.getTime()))
  if (usable.length > 0) return ok(usable)
  const enrolled = credentialsOf(await listFactors(tx, personId))
  if (enrolled.length > 0) return refuse('factor_not_confirmed')
  return refuse('mfa_required', { detail: 'You have no passkey. Enrol one first.' })
}
