import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import type { FactorRef } from '#lib/wire/auth'
import { confirmedFactors, isSameFactor, lockFactors } from './factors'

/** Which factor vouched for a new one, remembered between the two steps of an enrolment. null: there was none yet. */
export interface EnrolmentPayload {
  vouchedBy: FactorRef | null
  /** Begun in a session that a recovery code began: nothing vouched, whatever there is, so a second human confirms it. */
  isRecovery?: true
}

/**
 * Asked again when the enrolment ends: what vouched must still stand, and if nothing did, nothing may have been confirmed
 * since. A code vouches for an authenticator app, not for a passkey: else a phished code would become a phishing-resistant
 * factor, so the first passkey is confirmed by a second human whatever else there is.
 * @returns whether the new factor counts as confirmed at once
 */
export async function isVouchedFor(
  tx: Tx,
  personId: string,
  kind: FactorRef['kind'],
  { vouchedBy, isRecovery }: EnrolmentPayload,
): Promise<Result<boolean>> {
  if (isRecovery) return ok(false)
  await lockFactors(tx, personId)
  const confirmed = await confirmedFactors(tx, personId)
  if (vouchedBy === null) {
    if (confirmed.length === 0) return ok(false)
    return refuse('mfa_required', {
      detail: 'Another factor was confirmed meanwhile. Start again.',
    })
  }
  if (!confirmed.some((factor) => isSameFactor(factor.ref, vouchedBy))) {
    return refuse('mfa_required', { detail: 'The factor that vouched is gone. Start again.' })
  }
  return ok(kind === 'totp' || vouchedBy.kind === 'passkey')
}
