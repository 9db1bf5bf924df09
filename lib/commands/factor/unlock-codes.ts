import { tellAccount } from '#lib/auth/account-news'
import type { AuthRuntime } from '#lib/auth/runtime'
import { ok, type Result } from '#lib/core/result'
import { inTransaction } from '#lib/db/transaction'
import { type AccountActor, actorOf, mayActOnAccount } from './on-account'

export interface UnlockCodesInput {
  /** Whose codes are locked. */
  personId: string
  by: AccountActor
}

/**
 * An admin who is not that person ends the lock of their codes before its time. How often they were locked is remembered: the
 * next lock is as long as it would have been.
 * @returns `wasLocked` false where there was nothing to end; refusals as of `mayActOnAccount`
 */
export function unlockCodes(
  runtime: AuthRuntime,
  { personId, by }: UnlockCodesInput,
): Promise<Result<{ wasLocked: boolean }>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const action = { action: 'unlock_codes', personId } as const
    const ownWay = 'Another admin has to unlock your codes. Until then a passkey works.'
    const may = await mayActOnAccount(runtime, tx, { by, personId, action, ownWay }, now)
    if (!may.ok) return may
    const { count } = await tx.totp.updateMany({
      where: { personId, lockedUntil: { gt: new Date(now) } },
      data: { lockedUntil: new Date(now), failedCount: 0 },
    })
    if (count === 0) return ok({ wasLocked: false })
    const event = {
      stream: `person:${personId}`,
      type: 'totp.unlocked',
      actor: actorOf(by),
      body: {},
    }
    await tellAccount(tx, [event], now)
    return ok({ wasLocked: true })
  })
}
