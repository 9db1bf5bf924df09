import { revalidatePath } from 'next/cache'
import { type CastVoteInput, castVote } from '#lib/commands/vote/cast-vote'
import {
  type StartVoteChallengeInput,
  startVoteChallenge,
} from '#lib/commands/vote/start-vote-challenge'
import type { Refusal } from '#lib/core/refusals'
import { refusedVote } from '#lib/queries/ticket/refused-vote'
import { voteResult } from '#lib/queries/ticket/vote-result'
import { getWeb } from '#lib/web'
import type { VoteResultView } from '#lib/wire/views/vote'
import type {
  ChallengeAnswer,
  VoteAnswer,
  VoteRefused,
} from '../(console)/tickets/[id]/vote-answer'
import { RECOVERED } from './told'
import { tooManyKnocks } from './too-many-knocks'
import { currentViewer } from './viewer'

/** The challenge that a passkey of this person signs to vote. It says nothing about being counted. */
export async function startPasskeyVote(
  vote: StartVoteChallengeInput & { personId: string },
): Promise<ChallengeAnswer> {
  if (await isByRecovery(vote.personId)) return RECOVERED
  const limited = await tooManyKnocks('ceremony', vote.personId)
  if (limited) return limited
  const started = await startVoteChallenge(getWeb().runtime, vote)
  if (!started.ok) return await toldVote(vote.requestId, vote.personId, started.refusal)
  return { ok: true, value: started.value.options }
}

/** Casts a vote from a page, and tells what came of it. Who votes was settled before. */
export async function cast(vote: CastVoteInput): Promise<VoteAnswer> {
  const { requestId, personId, choice } = vote
  if (vote.mfa !== null && (await isByRecovery(personId))) return RECOVERED
  const { runtime } = getWeb()
  // Who votes was read a moment ago, so the database was there: what fails now may have failed after the commit.
  const done = await castVote(runtime, vote).catch((error: unknown) => {
    runtime.log.error({ error }, 'a vote may or may not have been counted')
    return null
  })
  if (done === null) return NOT_KNOWN
  showAgain(requestId)
  if (!done.ok) return await toldVote(requestId, personId, done.refusal)
  const deed = choice === 'approve' ? 'signed' : 'rejected'
  const result = await resultOf({ requestId, viewerId: personId, deed })
  return { ok: true, deed, voteId: done.value.voteId, result }
}

/** Whether this person is here by a recovery code: no factor counts then. Whoever is here by a pass has no session. */
async function isByRecovery(personId: string): Promise<boolean> {
  const viewer = await currentViewer()
  return viewer?.method === 'recovery' && viewer.personId === personId
}

/** The vote is counted, whatever happens while its result is read. */
export async function resultOf(input: Parameters<typeof voteResult>[1]): Promise<VoteResultView> {
  const { runtime } = getWeb()
  return await voteResult(runtime, input).catch((error: unknown) => {
    runtime.log.error({ error }, 'what a counted vote did could not be read')
    return COUNTED
  })
}

export async function toldVote(
  requestId: string,
  viewerId: string,
  refusal: Refusal,
): Promise<VoteRefused> {
  const input = { requestId, viewerId, refusal }
  const { title, text, codeFault } = await refusedVote(getWeb().runtime, input)
  return { ok: false, title, text, ...(codeFault && { fields: { code: codeFault } }) }
}

/** The answer brings the page along as it is now: other words, or its end. */
export function showAgain(requestId: string): void {
  revalidatePath(`/tickets/${requestId}`)
  revalidatePath(`/sign/${requestId}`)
}

const COUNTED: VoteResultView = {
  tone: 'plain',
  lead: ['This was counted.'],
  text: ['What it did could not be read. Load the page again.'],
}

const NOT_KNOWN: VoteRefused = {
  ok: false,
  title: 'It is not known whether your vote was counted',
  text: 'The database failed while it was written. Load the page again: it shows every vote that was counted.',
  isUnknown: true,
}

export const NO_REASON: VoteRefused = {
  ok: false,
  title: 'Choose a reason',
  text: 'The caller is told why, so that it can do better. Nothing was recorded yet.',
  fields: { reason: 'Choose one.' },
}
