import type { Json } from '#lib/core/contract/json'
import { ok, type Result } from '#lib/core/result'
import type { VoteChallenge } from '#lib/core/ticket/vote-challenge'
import {
  type PasskeyReceipt,
  passkeyThumbprint,
  type TotpReceipt,
  verifyVoteReceipt,
} from '#lib/core/ticket/vote-receipt'
import type { Tx } from '#lib/db/client'
import type { FactorProof, PasskeyAssertion } from '#lib/wire/auth'
import { checkPasskey, type UsedPasskey } from './passkey'
import { type AuthRuntime, relyingParty } from './runtime'
import { checkTotp } from './totp'

/** The second factor as offered with a vote. */
export type VoteMfa = FactorProof

/** What the factor has to prove: that this human makes exactly this choice on exactly this review. */
export interface VoteToProve {
  personId: string
  requestId: string
  reviewDigest: string
  choice: 'approve' | 'reject'
  /** Epoch ms; a factor confirmed later does not vote. null = never held, and nobody votes on it. */
  ticketOpenedAt: number | null
}

export interface VoteProof {
  method: 'totp' | 'passkey'
  /** VoteReceipt, stored with the vote. */
  receipt: Json
}

/**
 * Checks the second factor of a vote and uses it up, in the transaction that records the vote or its refusal: commit
 * either. Any doubt refuses.
 * @returns refusal `mfa_failed`, `mfa_locked`, `mfa_required` or `factor_not_confirmed`, with `meta.reason`
 */
export async function checkVoteMfa(
  runtime: Pick<AuthRuntime, 'config' | 'installation' | 'sealer'>,
  tx: Tx,
  input: VoteToProve & { mfa: VoteMfa },
  now: number,
): Promise<Result<VoteProof>> {
  const { mfa, ...vote } = input
  if (mfa.kind === 'totp') return await checkTotpVote(runtime, tx, { ...vote, code: mfa.code }, now)
  return await checkPasskeyVote(runtime, tx, { ...vote, assertion: mfa.assertion }, now)
}

/** The code proves the human; that it was for this review is what this server says in the receipt. */
async function checkTotpVote(
  runtime: Pick<AuthRuntime, 'sealer'>,
  tx: Tx,
  vote: VoteToProve & { code: string },
  now: number,
): Promise<Result<VoteProof>> {
  const { personId, requestId, reviewDigest, choice } = vote
  const checked = await checkTotp(
    runtime,
    tx,
    {
      personId,
      code: vote.code,
      confirmedBefore: vote.ticketOpenedAt ?? 0,
      attempt: { personId, method: 'totp', purpose: 'vote', requestId },
    },
    now,
  )
  if (!checked.ok) return checked
  const receipt: TotpReceipt = {
    type: 'countersign/totp-receipt',
    v: 1,
    request_id: requestId,
    review_digest: reviewDigest,
    choice,
    person: personId,
    step: checked.value.step,
  }
  return ok({ method: 'totp', receipt: { ...receipt } })
}

/** The passkey signed the hash of the vote itself, so its receipt proves the vote without this server. */
async function checkPasskeyVote(
  runtime: Pick<AuthRuntime, 'config' | 'installation'>,
  tx: Tx,
  vote: VoteToProve & { assertion: PasskeyAssertion },
  now: number,
): Promise<Result<VoteProof>> {
  const checked = await checkPasskey(
    runtime,
    tx,
    {
      assertion: vote.assertion,
      purpose: 'vote',
      personId: vote.personId,
      confirmedBefore: vote.ticketOpenedAt ?? 0,
      isFor: (payload) => isForVote(payload, vote, runtime.installation.domain),
      requestId: vote.requestId,
    },
    now,
  )
  if (!checked.ok) return checked
  const receipt = receiptOf(checked.value, vote.assertion)
  // Nothing is recorded that would not verify again offline.
  const verified = await verifyVoteReceipt(receipt, {
    domain: runtime.installation.domain,
    origin: relyingParty(runtime).origin,
    requestId: vote.requestId,
    reviewDigest: vote.reviewDigest,
    choice: vote.choice,
    person: vote.personId,
    at: now,
    keys: [await passkeyThumbprint(checked.value.publicKey)],
  })
  return verified.ok ? ok({ method: 'passkey', receipt: jsonOf(receipt) }) : verified
}

/** Only this server writes payloads, so the type is known; the values are what is compared. */
function isForVote(payload: unknown, vote: VoteToProve, domain: string): boolean {
  const challenge = payload as VoteChallenge
  return (
    challenge.type === 'countersign/vote-challenge' &&
    challenge.domain === domain &&
    challenge.request_id === vote.requestId &&
    challenge.review_digest === vote.reviewDigest &&
    challenge.choice === vote.choice &&
    (challenge.approver === null || challenge.approver === vote.personId)
  )
}

function receiptOf(passkey: UsedPasskey, assertion: PasskeyAssertion): PasskeyReceipt {
  return {
    type: 'countersign/passkey-receipt',
    v: 1,
    credential_id: passkey.credentialId,
    public_key: passkey.publicKey,
    authenticator_data: assertion.response.authenticatorData,
    client_data_json: assertion.response.clientDataJSON,
    signature: assertion.response.signature,
    challenge: passkey.payload as VoteChallenge,
  }
}

function jsonOf(receipt: PasskeyReceipt): Json {
  const { challenge, public_key, ...rest } = receipt
  return { ...rest, challenge: { ...challenge }, public_key: { ...public_key } }
}
