import { tellAccount } from '#lib/auth/account-news'
import { spendChallenge } from '#lib/auth/challenge'
import { factorAdded } from '#lib/auth/factor-events'
import { factorKey } from '#lib/auth/factors'
import type { AuthRuntime } from '#lib/auth/runtime'
import { TOTP_SEAL_PURPOSE } from '#lib/auth/totp'
import { matchingStep } from '#lib/auth/totp-code'
import { type EnrolmentPayload, isVouchedFor } from '#lib/auth/vouching'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import { hasConfirmedApp, keepsApp } from './enrol-totp'

export interface ConfirmTotpInput {
  personId: string
  enrolmentId: string
  /** Six digits, as the new app shows them. */
  code: string
}

interface PendingTotp extends EnrolmentPayload {
  sealedSecret: string
}

/**
 * Second half of adding an authenticator app: a right code shows that the secret arrived, and only then does it become
 * the person's one, replacing an older. That code's step is used up with it.
 */
export function confirmTotp(
  runtime: AuthRuntime,
  input: ConfirmTotpInput,
): Promise<Result<{ isConfirmed: boolean }>> {
  const { personId, enrolmentId, code } = input
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const pending = await pendingTotp(tx, input, now)
    if (pending === null) return tooLate()
    const secret = runtime.sealer.open(TOTP_SEAL_PURPOSE, personId, pending.sealedSecret)
    const step = matchingStep(secret, code, now)
    if (step === null) {
      return refuse('mfa_failed', { detail: 'The code was wrong or too old. Type the next one.' })
    }
    const vouched = await isVouchedFor(tx, personId, 'totp', pending)
    if (!vouched.ok) return vouched
    if (!(await spendChallenge(tx, enrolmentId, now))) return tooLate()
    const isConfirmed = vouched.value
    const { sealedSecret, vouchedBy } = pending
    if (pending.isRecovery && (await hasConfirmedApp(tx, personId))) return keepsApp()
    const replaces = await saveTotp(tx, { personId, sealedSecret, step, isConfirmed }, now)
    const factor = { kind: 'totp', id: factorKey({ kind: 'totp', personId }), replaces }
    await tellAccount(tx, factorAdded({ personId, factor, vouchedBy, isConfirmed }), now)
    return ok({ isConfirmed })
  })
}

async function pendingTotp(
  tx: Tx,
  { personId, enrolmentId }: ConfirmTotpInput,
  now: number,
): Promise<PendingTotp | null> {
  const row = await tx.challenge.findUnique({ where: { id: enrolmentId } })
  if (row?.purpose !== 'totp_enrolment' || row.personId !== personId) return null
  if (row.usedAt !== null || row.expiresAt.getTime() <= now) return null
  // Only this server writes payloads.
  return row.payload as unknown as PendingTotp
}

function tooLate() {
  return refuse('mfa_failed', { detail: 'This enrolment is over. Start again.' })
}

/** @returns whether there was one before */
async function saveTotp(
  tx: Tx,
  totp: { personId: string; sealedSecret: string; step: number; isConfirmed: boolean },
  now: number,
): Promise<boolean> {
  const { personId, sealedSecret, step, isConfirmed } = totp
  const existing = await tx.totp.findUnique({ where: { personId }, select: { personId: true } })
  const data = {
    sealedSecret,
    lastStep: step,
    failedCount: 0,
    lockedUntil: null,
    lockCount: 0,
    createdAt: new Date(now),
    verifiedAt: new Date(now),
    confirmedAt: isConfirmed ? new Date(now) : null,
    confirmedBy: isConfirmed ? personId : null,
  }
  await tx.totp.upsert({ where: { personId }, create: { personId, ...data }, update: data })
  return existing !== null
}
