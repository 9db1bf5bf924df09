'use server'

import { secretHash } from '#lib/auth/secret-hash'
import type { SignPass } from '#lib/auth/sign-pass'
import { endPass } from '#lib/auth/sign-pass'
import { exchangeSignPass } from '#lib/commands/slack/person/exchange-sign-pass'
import { isId } from '#lib/core/ids'
import { getWeb } from '#lib/web'
import { signPassSecret } from '#lib/wire/auth'
import { passApproveForm, passRejectForm, rejectForm, reviewForm } from '#lib/wire/vote'
import { cast, NO_REASON, startPasskeyVote } from '../../_server/cast'
import { fromOurPage } from '../../_server/guarded'
import { currentPass, forgetPass, keepPass, sentPass } from '../../_server/pass-cookie'
import { type Answer, type NotDone, toldRefusal, UNREADABLE } from '../../_server/told'
import { tooManyKnocks } from '../../_server/too-many-knocks'
import type { ChallengeAnswer, VoteAnswer } from '../../(console)/tickets/[id]/vote-answer'

/**
 * Exchanges what stands in a link's fragment for the cookie that shows this one page. Without a fragment it says what the
 * cookie is worth: a browser does not send it with the first request of somebody who comes from Slack.
 * @returns whether the page shows itself now; false: nothing was given, so signing in is the way
 */
export async function openPass(requestId: unknown, sent: unknown): Promise<Answer<boolean>> {
  return await fromOurPage(async () => {
    if (!isRequest(requestId)) return UNREADABLE
    const cookie = await sentPass(requestId)
    if (sent === null) return await standingOf(requestId, cookie)
    const secret = signPassSecret.safeParse(sent)
    const limited = await tooManyKnocks('pass', secret.success ? secretHash(secret.data) : null)
    if (limited) return limited
    if (!secret.success) return LINK_OVER
    const input = { requestId, secret: secret.data, cookie }
    const opened = await exchangeSignPass(getWeb().runtime, input)
    if (!opened.ok) return LINK_OVER
    await keepPass(requestId, opened.value.cookie)
    return { ok: true, value: true }
  })
}

/** Ends the pass in this browser: whoever is signed in here looks as themselves. */
export async function leavePass(requestId: unknown): Promise<void> {
  await fromOurPage(async () => {
    const cookie = isRequest(requestId) ? await sentPass(requestId) : null
    if (!isRequest(requestId) || cookie === null) return
    const { runtime } = getWeb()
    await endPass(runtime.db, cookie, runtime.now())
    await forgetPass(requestId)
  })
}

export async function startApprovalByPass(
  requestId: unknown,
  reviewDigest: string,
): Promise<ChallengeAnswer> {
  return await byPass(requestId, async (pass) => {
    const review = reviewForm.safeParse({ reviewDigest })
    if (!review.success) return UNREADABLE
    return await startPasskeyVote({ ...votesOf(pass), ...review.data, choice: 'approve' })
  })
}

/** The reason is asked for before the passkey is: nobody proves who they are for a form that is not whole. */
export async function startRejectByPass(
  requestId: unknown,
  form: { reviewDigest: string; reason: unknown; note: unknown },
): Promise<ChallengeAnswer> {
  return await byPass(requestId, async (pass) => {
    const checked = rejectForm.safeParse(form)
    if (!checked.success) return NO_REASON
    const { reviewDigest } = checked.data
    return await startPasskeyVote({ ...votesOf(pass), reviewDigest, choice: 'reject' })
  })
}

export async function approveByPass(
  requestId: unknown,
  form: { reviewDigest: string; assertion: unknown },
): Promise<VoteAnswer> {
  return await byPass(requestId, async (pass) => {
    const checked = passApproveForm.safeParse(form)
    if (!checked.success) return UNREADABLE
    const { reviewDigest, assertion } = checked.data
    const mfa = { kind: 'passkey', assertion } as const
    const vote = { ...votesOf(pass), reviewDigest, mfa, note: null, reason: null }
    return await cast({ ...vote, choice: 'approve', channel: 'web' })
  })
}

/** In a session a reject takes no factor. Here nobody is known yet, so the passkey says who rejects. */
export async function rejectByPass(
  requestId: unknown,
  form: { reviewDigest: string; reason: unknown; note: unknown; assertion: unknown },
): Promise<VoteAnswer> {
  return await byPass(requestId, async (pass) => {
    const checked = passRejectForm.safeParse(form)
    if (!checked.success) return UNREADABLE
    const { reviewDigest, reason, note, assertion } = checked.data
    const mfa = { kind: 'passkey', assertion } as const
    const vote = { ...votesOf(pass), reviewDigest, mfa, reason, note: note || null }
    return await cast({ ...vote, choice: 'reject', channel: 'web' })
  })
}

/** From our own page, by a browser whose pass to exactly this request holds now. A session counts for nothing here. */
function byPass<T>(requestId: unknown, work: (pass: SignPass) => Promise<T>): Promise<T | NotDone> {
  return fromOurPage(async () => {
    if (!isRequest(requestId)) return toldRefusal({ code: 'not_found' })
    const pass = await currentPass(requestId)
    return pass ? await work(pass) : PASS_OVER
  })
}

async function standingOf(requestId: string, cookie: string | null): Promise<Answer<boolean>> {
  if (cookie === null) return { ok: true, value: false }
  return (await currentPass(requestId)) ? { ok: true, value: true } : LINK_OVER
}

function votesOf({ personId, requestId }: SignPass) {
  return { personId, requestId }
}

function isRequest(requestId: unknown): requestId is string {
  return typeof requestId === 'string' && isId('req', requestId)
}

const PASS_OVER: NotDone = {
  ok: false,
  title: 'This link is over',
  text: 'It holds for ten minutes and opens once. Press Approve in Slack again for a new one. Nothing was recorded.',
}

/** Of an address alone: whoever reads it may have voted by it, minutes ago. */
const LINK_OVER: NotDone = {
  ok: false,
  title: PASS_OVER.title,
  text: 'It holds for ten minutes and opens once. Opening it again recorded nothing. A vote given here before stands. Press Approve in Slack again for a new link.',
}
