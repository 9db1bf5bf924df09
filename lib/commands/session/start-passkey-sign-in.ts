import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { CHALLENGE_MS, saveChallenge } from '#lib/auth/challenge'
import { type AuthRuntime, relyingParty } from '#lib/auth/runtime'
import { ok, type Result } from '#lib/core/result'
import { inTransaction } from '#lib/db/transaction'

const CHALLENGE_BYTES = 32

/** Asks for any passkey of this site: which one answers says who signs in. For `navigator.credentials.get`. */
export async function startPasskeySignIn(
  runtime: AuthRuntime,
): Promise<Result<{ options: PublicKeyCredentialRequestOptionsJSON }>> {
  const now = runtime.now()
  const bytes = new Uint8Array(runtime.randomBytes(CHALLENGE_BYTES))
  const id = runtime.newId('chl')
  const expiresAt = now + CHALLENGE_MS
  const challenge = {
    id,
    purpose: 'sign_in',
    personId: null,
    bytes,
    payload: {},
    expiresAt,
  } as const
  await inTransaction(runtime.db, (tx) => saveChallenge(tx, challenge, now))
  const options = await generateAuthenticationOptions({
    rpID: relyingParty(runtime).id,
    challenge: bytes,
    timeout: CHALLENGE_MS,
    userVerification: 'required',
  })
  return ok({ options })
}
