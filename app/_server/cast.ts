import { revalidatePath } from 'next/cache'
import { type CastVoteInput, castVote } from '#lib/commands/vote/cast-vote'
import {
  type StartVoteChallengeInput,
  startVoteChallenge,
} from '#lib/commands/vote/start-vote-challenge'
import type { Refusal } from '#lib/core/refusals'
import { refusedVote } from '#lib/queries/ticket/refused-vote'
import { getWeb } from '#lib/web'
import type {
  ChallengeAnswer,
  VoteAnswer,
  VoteRefused,
} from '../(console)/tickets/[id]/vote-answer'
import { tooManyKnocks } from './too-many-knocks'

/** The challenge that a passkey of this person signs to vote. It says nothing about being counted. */
export async function startPasskeyVote(
  vote: StartVoteChallengeInput & { personId: string },
): Promise<ChallengeAnswer> {
  const limited = await tooManyKnocks('ceremony', vote.personId)
  if (limited) return limited
  const started = await startVoteChallenge(getWeb().runtime, vote)
  if (!started.ok) return await toldVote(vote.requestId, vote.personId, started.refusal)
  return { ok: true, value: started.value.options }
}

/** Casts a vote from a page, and tells what came of it. Who votes was settled before. */
export async function cast(vote: CastVoteInput): Promise<VoteAnswer> {
  const { requestId, personId, choice } = vote
  const done = await castVote(getWeb().runtime, vote)
  showAgain(requestId)
  if (done.ok) {
    const deed = choice === 'approve' ? 'signed' : 'rejected'
    return { ok: true, deed, voteId: done.value.voteId }
  }
  const { code, detail } = done.refusal
  const why = await toldVote(requestId, personId, done.refusal)
  const isWrongCode = vote.mfa?.kind === 'totp' && code === 'mfa_failed' && detail !== undefined
  return isWrongCode ? { ...why, fields: { code: detail } } : why
}

export async function toldVote(
  requestId: string,
  viewerId: string,
  refusal: Refusal,
): Promise<VoteRefused> {
  const { title, text } = await refusedVote(getWeb().runtime, { requestId, viewerId, refusal })
  return { ok: false, title, text }
}

/** The answer brings the page along as it is now: other words, or its end. */
export function showAgain(requestId: string): void {
  revalidatePath(`/tickets/${requestId}`)
  revalidatePath(`/sign/${requestId}`)
}

export const NO_REASON: VoteRefused = {
  ok: false,
  title: 'Choose a reason',
  text: 'The caller is told why, so that it can do better. Nothing was recorded yet.',
  fields: { reason: 'Choose one.' },
}
