import { saveChallenge } from '#lib/auth/challenge'
import { confirmedFactors } from '#lib/auth/factors'
import { drawQr, type QrDrawing } from '#lib/auth/qr'
import type { AuthRuntime } from '#lib/auth/runtime'
import { stepUp } from '#lib/auth/step-up'
import { TOTP_SEAL_PURPOSE } from '#lib/auth/totp'
import { TOTP_SECRET_BYTES, totpSecretText, totpUri } from '#lib/auth/totp-code'
import { MINUTE_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { FactorProof } from '#lib/wire/auth'

export interface EnrolTotpInput {
  personId: string
  /** A factor that the person has; null only where there is none confirmed yet. */
  proof: FactorProof | null
  /** In a session that a recovery code began: no factor can vouch, and a second human confirms whatever is added. */
  isRecovery?: boolean
}

/** Shown once, to the person alone: every member but the id and the time holds the secret. */
export interface TotpOffered {
  enrolmentId: string
  /** otpauth:// */
  uri: string
  /** Base32, for typing in. */
  secret: string
  qr: QrDrawing
  /** Epoch ms. */
  expiresAt: number
}

const ENROLMENT_MS = 10 * MINUTE_MS
const CHALLENGE_BYTES = 32

/**
 * First half of adding an authenticator app: makes its secret. It rests sealed beside the pending enrolment and is no
 * factor until a right code was typed back, so an old one keeps working until then.
 */
export function enrolTotp(
  runtime: AuthRuntime,
  { personId, proof, isRecovery = false }: EnrolTotpInput,
): Promise<Result<TotpOffered>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const person = await tx.person.findUnique({ where: { id: personId, active: true } })
    if (person === null) return refuse('unauthenticated')
    const action = { action: 'add_factor' } as const
    if (isRecovery && (await hasConfirmedApp(tx, personId))) return keepsApp()
    const vouchedBy = isRecovery
      ? ok(null)
      : await stepUp(runtime, tx, { personId, proof, action }, now)
    if (!vouchedBy.ok) return vouchedBy
    const secret = runtime.randomBytes(TOTP_SECRET_BYTES)
    const sealedSecret = runtime.sealer.seal(TOTP_SEAL_PURPOSE, personId, secret)
    const enrolmentId = runtime.newId('chl')
    const expiresAt = now + ENROLMENT_MS
    const challenge = {
      id: enrolmentId,
      purpose: 'totp_enrolment',
      personId,
      bytes: runtime.randomBytes(CHALLENGE_BYTES),
      payload: { vouchedBy: vouchedBy.value, sealedSecret, ...(isRecovery && { isRecovery }) },
      expiresAt,
    } as const
    await saveChallenge(tx, challenge, now)
    const uri = totpUri({ secret, issuer: runtime.installation.name, account: person.email })
    return ok({ enrolmentId, uri, secret: totpSecretText(secret), qr: drawQr(uri), expiresAt })
  })
}

/** A new app takes the place of the old one: a recovery code alone must not take from a person what proves their votes. */
export async function hasConfirmedApp(tx: Tx, personId: string): Promise<boolean> {
  return (await confirmedFactors(tx, personId)).some(({ ref }) => ref.kind === 'totp')
}

export function keepsApp() {
  return refuse('forbidden', {
    detail:
      'A recovery code does not replace an authenticator app. Add a passkey, or ask an admin to reset your factors.',
  })
}
