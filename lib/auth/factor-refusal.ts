import type { RefusalCode } from '#lib/core/refusals'
import { type Refused, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import type { ChallengePurpose } from './challenge'

/** Whoever tries codes is not told what was the matter with one. */
const CODE_REFUSED =
  'That code was wrong, too old or used before. Nothing was counted. Type the next one.'

/** Why a factor was not accepted: for people a sentence, for the audit trail the name. */
const FAULTS = {
  not_enrolled: ['mfa_required', 'You have no such factor. Enrol one first.'],
  not_confirmed: ['factor_not_confirmed', undefined],
  locked: ['mfa_locked', undefined],
  malformed_code: ['mfa_failed', 'A code has exactly six digits.'],
  wrong_code: ['mfa_failed', CODE_REFUSED],
  reused_code: ['mfa_failed', CODE_REFUSED],
  challenge_unknown: ['mfa_failed', 'The passkey answered a question that was not asked here.'],
  challenge_of_another: ['mfa_failed', 'The passkey answered a question put to somebody else.'],
  challenge_for_another_purpose: ['mfa_failed', 'The passkey answered another question.'],
  challenge_for_another_act: ['mfa_failed', 'The passkey signed something else than this.'],
  challenge_expired: ['mfa_failed', 'It took too long. Try again.'],
  challenge_used: ['mfa_failed', 'This answer was used before. Try again.'],
  passkey_unknown: ['mfa_failed', 'This passkey is not enrolled here, or was removed.'],
  passkey_of_another: ['mfa_failed', 'This passkey belongs to somebody else.'],
  passkey_refused: ['mfa_failed', undefined],
  counter_regressed: ['mfa_failed', 'The passkey seems to have been copied. Use another one.'],
} as const satisfies Record<string, readonly [RefusalCode, string | undefined]>

export type FactorFault = keyof typeof FAULTS

/** What the factor was offered for. */
export interface FactorAttempt {
  /** Whose stream tells of it; null when nobody is known, and then nobody's does. */
  personId: string | null
  method: 'passkey' | 'totp'
  purpose: ChallengePurpose
  requestId?: string
}

/**
 * Refuses a factor and tells the audit trail, in the transaction that the caller commits with its refusal. Neither the
 * code nor the assertion is written.
 */
export async function refuseFactor(
  tx: Tx,
  attempt: FactorAttempt,
  fault: FactorFault,
  now: number,
  meta: { retry_after_ms?: number } = {},
): Promise<Refused> {
  if (attempt.personId !== null) {
    const body = {
      method: attempt.method,
      purpose: attempt.purpose,
      reason: fault,
      ...(attempt.requestId !== undefined && { request_id: attempt.requestId }),
    }
    const actor = { kind: 'person', id: attempt.personId } as const
    const stream = `person:${attempt.personId}`
    await appendEvents(tx, [{ stream, type: 'factor.refused', actor, body }], now)
  }
  const [code, detail] = FAULTS[fault]
  return refuse(code, { ...(detail !== undefined && { detail }), meta: { reason: fault, ...meta } })
}
