import { tellAccount } from '#lib/auth/account-news'
import { lockFactors } from '#lib/auth/factors'
import { newRecoveryCode, RECOVERY_CODES, saveRecoveryCodes } from '#lib/auth/recovery-code'
import type { AuthRuntime } from '#lib/auth/runtime'
import { stepUp } from '#lib/auth/step-up'
import { ok, type Result, refuse } from '#lib/core/result'
import { inTransaction } from '#lib/db/transaction'
import type { FactorProof } from '#lib/wire/auth'

export interface MakeRecoveryCodesInput {
  personId: string
  /** A confirmed factor of theirs. */
  proof: FactorProof | null
}

/**
 * Makes a person a new set of recovery codes and voids the one before. A code signs in, once, and proves nothing else: not a
 * vote, not a change of factors.
 * @returns the codes, told this once and never stored; refusals `mfa_required`, also for whoever has no confirmed factor, and
 * those of a factor
 */
export function makeRecoveryCodes(
  runtime: AuthRuntime,
  { personId, proof }: MakeRecoveryCodesInput,
): Promise<Result<{ codes: string[] }>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    // Two sets at once would leave a person with one that was voided while they wrote it down: one after the other.
    await lockFactors(tx, personId)
    const person = await tx.person.findUnique({ where: { id: personId, active: true } })
    if (person === null) return refuse('unauthenticated')
    const action = { action: 'make_recovery_codes' } as const
    const proved = await stepUp(runtime, tx, { personId, proof, action }, now)
    if (!proved.ok) return proved
    if (proved.value === null) {
      return refuse('mfa_required', {
        detail: 'Recovery codes are for whoever has a confirmed factor to lose. Add one first.',
      })
    }
    const codes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(runtime.randomBytes))
    await saveRecoveryCodes(tx, { personId, codes }, now)
    const event = {
      stream: `person:${personId}`,
      type: 'recovery_codes.made',
      actor: { kind: 'person' as const, id: personId },
      body: { count: codes.length },
    }
    await tellAccount(tx, [event], now)
    return ok({ codes })
  })
}
