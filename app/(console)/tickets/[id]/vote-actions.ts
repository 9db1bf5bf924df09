'use server'

import { withdrawVote } from '#lib/commands/vote/withdraw-vote'
import { getWeb } from '#lib/web'
import { approveForm, rejectForm, reviewForm } from '#lib/wire/vote'
import {
  cast,
  NO_REASON,
  resultOf,
  showAgain,
  startPasskeyVote,
  toldVote,
} from '../../../_server/cast'
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
    return await startPasskeyVote(vote)
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
    if (!checked.success) return NO_REASON
    const { reviewDigest, reason, note } = checked.data
    const vote = { requestId, personId, reviewDigest, reason, note: note || null, mfa: null }
    return await cast({ ...vote, choice: 'reject', channel: 'web' })
  })
}

export async function withdraw(requestId: string): Promise<VoteAnswer> {
  return await onTicket(requestId, async (personId) => {
    const done = await withdrawVote(getWeb().runtime, { requestId, personId })
    showAgain(requestId)
    if (!done.ok) return await toldVote(requestId, personId, done.refusal)
    const shown = { requestId, viewerId: personId, deed: 'withdrawn' } as const
    const result = await resultOf(shown)
    return { ok: true, deed: 'withdrawn', voteId: null, result }
  })
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
