'use server'

import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { revalidatePath } from 'next/cache'
import { type CastVoteInput, castVote } from '#lib/commands/cast-vote'
import { startVoteChallenge } from '#lib/commands/start-vote-challenge'
import { withdrawVote } from '#lib/commands/withdraw-vote'
import type { Refusal } from '#lib/core/refusals'
import { refusedVote } from '#lib/queries/ticket/refused-vote'
import { getWeb } from '#lib/web'
import { approveForm, rejectForm, reviewForm } from '#lib/wire/vote'
import { UNREADABLE } from '../../../_server/told'
import { onTicket } from './on-ticket'
import type { ChallengeAnswer, VoteAnswer, VoteRefused } from './vote-answer'

/** The challenge a passkey signs to approve exactly this review of this ticket. It says nothing about being counted. */
export async function startApproval(
  requestId: string,
  reviewDigest: string,
): Promise<ChallengeAnswer> {
  return await onTicket(requestId, async (personId) => {
    const review = reviewForm.safeParse({ reviewDigest })
    if (!review.success) return UNREADABLE
    const vote = { personId, requestId, ...review.data, choice: 'approve' } as const
    const started = await startVoteChallenge(getWeb().runtime, vote)
    if (!started.ok) return await refused(requestId, personId, started.refusal)
    const options: PublicKeyCredentialRequestOptionsJSON = started.value.options
    return { ok: true, value: options }
  })
}

/** Approves with a code or a passkey's answer. The digest of the review that the page showed travels with it. */
export async function approve(
  requestId: string,
  form: { reviewDigest: string; proof: unknown },
): Promise<VoteAnswer> {
  return await onTicket(requestId, async (personId) => {
    const checked = approveForm.safeParse(form)
    if (!checked.success) return isCode(form.proof) ? NOT_A_CODE : UNREADABLE
    const { reviewDigest, proof } = checked.data
    const vote = { requestId, personId, reviewDigest, mfa: proof, note: null, reason: null }
    return await cast({ ...vote, choice: 'approve', channel: 'web' })
  })
}

/** Rejects with a reason. Stopping stays easy: it takes no second factor and no fresh review. */
export async function reject(
  requestId: string,
  form: { reviewDigest: string; reason: unknown; note: unknown },
): Promise<VoteAnswer> {
  return await onTicket(requestId, async (personId) => {
    const checked = rejectForm.safeParse(form)
    if (!checked.success) {
      return {
        ok: false,
        title: 'Choose a reason',
        text: 'The caller is told why, so that it can do better. Nothing was recorded yet.',
        fields: { reason: 'Choose one.' },
      }
    }
    const { reviewDigest, reason, note } = checked.data
    const vote = { requestId, personId, reviewDigest, reason, note: note || null, mfa: null }
    return await cast({ ...vote, choice: 'reject', channel: 'web' })
  })
}

export async function withdraw(requestId: string): Promise<VoteAnswer> {
  return await onTicket(requestId, async (personId) => {
    const done = await withdrawVote(getWeb().runtime, { requestId, personId })
    show(requestId)
    if (!done.ok) return await refused(requestId, personId, done.refusal)
    return { ok: true, deed: 'withdrawn', voteId: null }
  })
}

async function cast(vote: CastVoteInput): Promise<VoteAnswer> {
  const { requestId, personId, choice } = vote
  const done = await castVote(getWeb().runtime, vote)
  show(requestId)
  if (done.ok) {
    const deed = choice === 'approve' ? 'signed' : 'rejected'
    return { ok: true, deed, voteId: done.value.voteId }
  }
  const { code, detail } = done.refusal
  const why = await refused(requestId, personId, done.refusal)
  const isWrongCode = vote.mfa?.kind === 'totp' && code === 'mfa_failed' && detail !== undefined
  return isWrongCode ? { ...why, fields: { code: detail } } : why
}

async function refused(
  requestId: string,
  viewerId: string,
  refusal: Refusal,
): Promise<VoteRefused> {
  const { title, text } = await refusedVote(getWeb().runtime, { requestId, viewerId, refusal })
  return { ok: false, title, text }
}

const NOT_A_CODE: VoteRefused = {
  ok: false,
  title: 'Not a code',
  text: 'Nothing was recorded yet.',
  fields: { code: 'A code has exactly six digits.' },
}

function isCode(proof: unknown): boolean {
  return typeof proof === 'object' && proof !== null && 'kind' in proof && proof.kind === 'totp'
}

/** The answer brings the page along as it is now: other words, or its end. */
function show(requestId: string): void {
  revalidatePath(`/tickets/${requestId}`)
  revalidatePath(`/sign/${requestId}`)
}
