'use server'

import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { revalidatePath } from 'next/cache'
import { acknowledge } from '#lib/commands/announcement/acknowledge'
import { disown } from '#lib/commands/announcement/disown'
import { confirmFactor } from '#lib/commands/factor/confirm-factor'
import { confirmTotp } from '#lib/commands/factor/confirm-totp'
import { enrolPasskey } from '#lib/commands/factor/enrol-passkey'
import { enrolTotp, type TotpOffered } from '#lib/commands/factor/enrol-totp'
import { makeRecoveryCodes } from '#lib/commands/factor/make-recovery-codes'
import { removeFactor } from '#lib/commands/factor/remove-factor'
import { renamePasskey } from '#lib/commands/factor/rename-passkey'
import { startPasskeyEnrolment } from '#lib/commands/factor/start-passkey-enrolment'
import { signOut } from '#lib/commands/session/sign-out'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import type { Result } from '#lib/core/result'
import { getWeb } from '#lib/web'
import {
  announcementsForm,
  confirmTotpForm,
  enrolPasskeyForm,
  factorForm,
  recoveryCodesForm,
  renamePasskeyForm,
  sessionId,
  startEnrolmentForm,
} from '#lib/wire/auth'
import { guarded, guardedFactor } from '../../_server/guarded'
import { type Answer, type Told, toldRefusal, UNREADABLE, unreadable } from '../../_server/told'
import { tooManyKnocks } from '../../_server/too-many-knocks'

export async function startPasskey(
  sent: unknown,
): Promise<Answer<PublicKeyCredentialCreationOptionsJSON>> {
  return guarded(async ({ personId, method }) => {
    const form = startEnrolmentForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const limited = await tooManyKnocks('ceremony', personId)
    if (limited) return limited
    const input = { personId, proof: form.data.proof, isRecovery: method === 'recovery' }
    return answer(await startPasskeyEnrolment(getWeb().runtime, input), ({ options }) => options)
  })
}

export async function addPasskey(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = enrolPasskeyForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const added = await enrolPasskey(getWeb().runtime, { personId, ...form.data })
    return settle(added, ({ isConfirmed }) => addedWords('Passkey', isConfirmed))
  })
}

export async function startApp(sent: unknown): Promise<Answer<TotpOffered>> {
  return guarded(async ({ personId, method }) => {
    const form = startEnrolmentForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const limited = await tooManyKnocks('ceremony', personId)
    if (limited) return limited
    const input = { personId, proof: form.data.proof, isRecovery: method === 'recovery' }
    return answer(await enrolTotp(getWeb().runtime, input), (offered) => offered)
  })
}

export async function addApp(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = confirmTotpForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const added = await confirmTotp(getWeb().runtime, { personId, ...form.data })
    return settle(added, ({ isConfirmed }) => addedWords('Authenticator app', isConfirmed))
  })
}

export async function remove(sent: unknown): Promise<Told> {
  return guardedFactor(async ({ personId }) => {
    const form = factorForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const input = { actorId: personId, ...form.data }
    return settle(await removeFactor(getWeb().runtime, input), () => REMOVED)
  })
}

export async function confirm(sent: unknown): Promise<Told> {
  return guardedFactor(async ({ personId }) => {
    const form = factorForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const input = { actorId: personId, ...form.data }
    return settle(await confirmFactor(getWeb().runtime, input), ({ control }) =>
      control === 'second_human' ? CONFIRMED : CONFIRMED_ALONE,
    )
  })
}

/** The codes travel in this one answer and are nowhere kept. */
export async function makeCodes(sent: unknown): Promise<Answer<string[]>> {
  return guardedFactor(async ({ personId }) => {
    const form = recoveryCodesForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const made = await makeRecoveryCodes(getWeb().runtime, { personId, ...form.data })
    revalidatePath('/account')
    return answer(made, ({ codes }) => codes)
  })
}

export async function rename(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = renamePasskeyForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const renamed = await renamePasskey(getWeb().runtime, { personId, ...form.data })
    return settle(renamed, () => 'Renamed. What it proves has not changed.')
  })
}

/** Of the notices at the top of every page. */
export async function know(sent: unknown): Promise<Told> {
  return guarded(async ({ personId, method }) => {
    const form = announcementsForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const isRecovery = method === 'recovery'
    const known = await acknowledge(getWeb().runtime, { personId, ...form.data, isRecovery })
    if (!known.ok) return toldRefusal(known.refusal)
    revalidatePath('/', 'layout')
    return { ok: true, text: 'Noted.' }
  })
}

/** The page is not read again: this session has ended with the others, and what to do next stands on it. */
export async function wasNotMe(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = announcementsForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const done = await disown(getWeb().runtime, { personId, ...form.data })
    return done.ok ? { ok: true, text: disownedWords(done.value) } : toldRefusal(done.refusal)
  })
}

/** Not in a session of a recovery code: that somebody used one is told in Slack too. */
export async function unlinkMine(): Promise<Told> {
  return guardedFactor(async ({ personId }) => {
    const ended = await unlinkSlack(getWeb().runtime, { personId, byPersonId: personId })
    return settle(ended, () => 'Unlinked. What the Slack user does next is refused.')
  })
}

export async function endSession(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const id = sessionId.safeParse(sent)
    if (!id.success) return UNREADABLE
    const input = { personId, sessionId: id.data }
    return settle(await signOut(getWeb().runtime, input), () => 'Session ended.')
  })
}

export async function endOtherSessions(): Promise<Told> {
  return guarded(async ({ personId, sessionId: allBut }) => {
    const input = { personId, sessionId: { allBut } }
    return settle(await signOut(getWeb().runtime, input), ({ endedCount }) =>
      endedCount === 1 ? 'One other session ended.' : `${endedCount} other sessions ended.`,
    )
  })
}

const REMOVED = 'Removed. Votes made with it stand.'
const CONFIRMED = 'Confirmed. It votes on tickets opened from now on.'
const CONFIRMED_ALONE =
  'Confirmed. The record says that no second person did, so dual control was off.'

function disownedWords({ adminNames }: { adminNames: string[] }): string {
  const ended = 'All your sessions have ended, this one too.'
  if (adminNames.length === 0) {
    return `${ended} Nobody else is an admin here: whoever runs the installation can reset your factors.`
  }
  return `${ended} Told: ${adminNames.join(', ')}. Speak with one of them now: they reset your factors.`
}

function addedWords(what: string, isConfirmed: boolean): string {
  return isConfirmed
    ? `${what} added. It votes on tickets opened from now on.`
    : `${what} added. It waits for a second person to confirm it.`
}

function answer<T, V>(result: Result<T>, pick: (value: T) => V): Answer<V> {
  return result.ok ? { ok: true, value: pick(result.value) } : toldRefusal(result.refusal)
}

/** The page shows what is true now, whether the change was made or refused. */
function settle<T>(result: Result<T>, words: (value: T) => string): Told {
  revalidatePath('/account')
  return result.ok ? { ok: true, text: words(result.value) } : toldRefusal(result.refusal)
}
