import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import { ok, type Refused, type Result } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { tellAccount } from './account-news'
import { type FactorAttempt, type FactorFault, refuseFactor } from './factor-refusal'
import type { AuthRuntime } from './runtime'
import { isTotpCode, matchingStep } from './totp-code'

export interface TotpUse {
  personId: string
  code: string
  /** Only an authenticator confirmed before this moment (epoch ms) is taken. */
  confirmedBefore: number
  attempt: FactorAttempt
}

/** Under which purpose secrets rest sealed; the id is the person's. */
export const TOTP_SEAL_PURPOSE = 'totp'
export const TOTP_MOST_FAILURES = 5
/**
 * How long codes are locked, the first time in a row, the second and so on; the last one for all that follow. Three codes of a
 * million count at any moment, so five guesses meet one with a chance of 15 in a million. A day of guessing is five locks at
 * most, a year 370: by then the chance is 0.6 %, where locks of a quarter of an hour alone would give 41 % (0020).
 */
export const TOTP_LOCKS_MS = [15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 16 * HOUR_MS, DAY_MS] as const
/** After this long without a lock the next one is a first one again. A right code alone does not forgive: it comes every day. */
export const TOTP_LOCK_MEMORY_MS = 30 * DAY_MS

interface TotpRow {
  sealedSecret: string
  lastStep: bigint
  failedCount: number
  lockedUntil: Date | null
  lockCount: number
  verifiedAt: Date | null
  confirmedAt: Date | null
}

/**
 * Checks a code (RFC 6238) and uses its step up. The row is locked first, so attempts are counted one by one however many
 * come at once. A wrong code is counted in this transaction: the caller commits it with its refusal and never rolls back.
 * @returns the step that was used; or refusal `mfa_failed`, `mfa_locked` (meta `retry_after_ms`), `mfa_required`,
 * `factor_not_confirmed`
 */
export async function checkTotp(
  runtime: Pick<AuthRuntime, 'sealer'>,
  tx: Tx,
  use: TotpUse,
  now: number,
): Promise<Result<{ step: number }>> {
  const row = await lockRow(tx, use.personId)
  const blocked = row === undefined ? 'not_enrolled' : standingFault(row, use, now)
  if (row === undefined || blocked !== null) {
    const lockedUntil = blocked === 'locked' ? row?.lockedUntil?.getTime() : undefined
    return await refuseFactor(tx, use.attempt, blocked ?? 'not_enrolled', now, {
      ...(lockedUntil !== undefined && { retry_after_ms: lockedUntil - now }),
    })
  }
  const secret = runtime.sealer.open(TOTP_SEAL_PURPOSE, use.personId, row.sealedSecret)
  const step = matchingStep(secret, use.code, now)
  if (step === null) return await countFailure(tx, use, row, now)
  if (await spendStep(tx, use.personId, step)) return ok({ step })
  return await refuseFactor(tx, use.attempt, 'reused_code', now)
}

/** What refuses an attempt before the code is looked at, and so without counting it. */
function standingFault(row: TotpRow, use: TotpUse, now: number): FactorFault | null {
  if (row.verifiedAt === null) return 'not_enrolled'
  if (row.confirmedAt === null || row.confirmedAt.getTime() >= use.confirmedBefore) {
    return 'not_confirmed'
  }
  if (row.lockedUntil !== null && row.lockedUntil.getTime() > now) return 'locked'
  return isTotpCode(use.code) ? null : 'malformed_code'
}

async function lockRow(tx: Tx, personId: string): Promise<TotpRow | undefined> {
  const rows = await tx.$queryRaw<TotpRow[]>`
    SELECT t.sealed_secret AS "sealedSecret", t.last_step AS "lastStep", t.failed_count AS "failedCount",
           t.locked_until AS "lockedUntil", t.lock_count AS "lockCount", t.verified_at AS "verifiedAt", t.confirmed_at AS "confirmedAt"
    FROM totp t JOIN people p ON p.id = t.person_id
    WHERE t.person_id = ${personId} AND p.active FOR UPDATE OF t`
  return rows[0]
}

/** One use a step, and none of an older step: the condition is in the UPDATE, whoever else holds the row. */
async function spendStep(tx: Tx, personId: string, step: number): Promise<boolean> {
  const { count } = await tx.totp.updateMany({
    where: { personId, lastStep: { lt: step } },
    data: { lastStep: step, failedCount: 0 },
  })
  return count === 1
}

async function countFailure(tx: Tx, use: TotpUse, row: TotpRow, now: number): Promise<Refused> {
  const { personId } = use
  const failedCount = row.failedCount + 1
  const refused = await refuseFactor(tx, use.attempt, 'wrong_code', now)
  if (failedCount < TOTP_MOST_FAILURES) {
    await tx.totp.update({ where: { personId }, data: { failedCount } })
    return refused
  }
  const lockCount = locksRemembered(row, now)
  const lockedMs = TOTP_LOCKS_MS[lockCount] ?? DAY_MS
  const lockedUntil = new Date(now + lockedMs)
  const data = { failedCount: 0, lockedUntil, lockCount: lockCount + 1 }
  await tx.totp.update({ where: { personId }, data })
  const body = {
    failed_count: failedCount,
    locked_ms: lockedMs,
    until: lockedUntil.toISOString(),
    in_a_row: lockCount + 1,
  }
  const stream = `person:${personId}`
  await tellAccount(tx, [{ stream, type: 'totp.locked', actor: { kind: 'system' }, body }], now)
  return refused
}

function locksRemembered({ lockCount, lockedUntil }: TotpRow, now: number): number {
  if (lockedUntil === null || lockedUntil.getTime() + TOTP_LOCK_MEMORY_MS <= now) return 0
  return lockCount
}
