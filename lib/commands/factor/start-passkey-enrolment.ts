import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { CHALLENGE_MS, saveChallenge } from '#lib/auth/challenge'
import { credentialsOf, listFactors, MOST_PASSKEYS } from '#lib/auth/factors'
import { registrationOptions } from '#lib/auth/passkey-enrolment'
import type { AuthRuntime } from '#lib/auth/runtime'
import { stepUp } from '#lib/auth/step-up'
import type { EnrolmentPayload } from '#lib/auth/vouching'
import { ok, type Result, refuse } from '#lib/core/result'
import { inTransaction } from '#lib/db/transaction'
import type { FactorProof } from '#lib/wire/auth'

export interface StartPasskeyEnrolmentInput {
  personId: string
  /** A factor that the person has; null only where there is none confirmed yet. */
  proof: FactorProof | null
  /** In a session that a recovery code began: no factor can vouch, and a second human confirms whatever is added. */
  isRecovery?: boolean
}

const CHALLENGE_BYTES = 32

/** First half of adding a passkey: who vouches, and what the browser hands to `navigator.credentials.create`. */
export function startPasskeyEnrolment(
  runtime: AuthRuntime,
  { personId, proof, isRecovery = false }: StartPasskeyEnrolmentInput,
): Promise<Result<{ options: PublicKeyCredentialCreationOptionsJSON }>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const person = await tx.person.findUnique({ where: { id: personId, active: true } })
    if (person === null) return refuse('unauthenticated')
    const existing = credentialsOf(await listFactors(tx, personId))
    if (existing.length >= MOST_PASSKEYS) {
      return refuse('forbidden', { detail: 'You have as many passkeys as one may have.' })
    }
    const action = { action: 'add_factor' } as const
    const vouchedBy = isRecovery
      ? ok(null)
      : await stepUp(runtime, tx, { personId, proof, action }, now)
    if (!vouchedBy.ok) return vouchedBy
    const bytes = new Uint8Array(runtime.randomBytes(CHALLENGE_BYTES))
    const id = runtime.newId('chl')
    const payload: EnrolmentPayload = {
      vouchedBy: vouchedBy.value,
      ...(isRecovery && { isRecovery }),
    }
    const expiresAt = now + CHALLENGE_MS
    const purpose = 'passkey_enrolment'
    await saveChallenge(tx, { id, purpose, personId, bytes, payload, expiresAt }, now)
    return ok({ options: await registrationOptions(runtime, person, bytes, existing) })
  })
}
