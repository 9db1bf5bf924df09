import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { CHALLENGE_MS, saveChallenge } from '#lib/auth/challenge'
import { confirmedFactors, credentialsOf } from '#lib/auth/factors'
import { type AuthRuntime, relyingParty } from '#lib/auth/runtime'
import { stepUpPayload } from '#lib/auth/step-up'
import { ok, type Result, refuse } from '#lib/core/result'
import { inTransaction } from '#lib/db/transaction'
import type { StepUpAction } from '#lib/wire/auth'

export interface StartStepUpInput {
  personId: string
  action: StepUpAction
}

const CHALLENGE_BYTES = 32

/** Asks for a confirmed passkey of this person, for one change of factors and no other. A code needs no start. */
export async function startStepUp(
  runtime: AuthRuntime,
  { personId, action }: StartStepUpInput,
): Promise<Result<{ options: PublicKeyCredentialRequestOptionsJSON }>> {
  const now = runtime.now()
  const bytes = new Uint8Array(runtime.randomBytes(CHALLENGE_BYTES))
  const challenge = {
    id: runtime.newId('chl'),
    purpose: 'step_up',
    personId,
    bytes,
    payload: stepUpPayload(personId, action),
    expiresAt: now + CHALLENGE_MS,
  } as const
  const allowCredentials = await inTransaction(runtime.db, async (tx) => {
    const credentials = credentialsOf(await confirmedFactors(tx, personId))
    if (credentials.length > 0) await saveChallenge(tx, challenge, now)
    return credentials
  })
  if (allowCredentials.length === 0) {
    return refuse('mfa_required', { detail: 'You have no confirmed passkey.' })
  }
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(runtime).id,
    allowCredentials,
    challenge: bytes,
    timeout: CHALLENGE_MS,
    userVerification: 'required',
  })
  return ok({ options })
}
