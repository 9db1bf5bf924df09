import { tellAccount } from '#lib/auth/account-news'
import { factorRemoved } from '#lib/auth/factor-events'
import { listFactors, lockFactors } from '#lib/auth/factors'
import type { AuthRuntime } from '#lib/auth/runtime'
import { revokeAllSessions } from '#lib/auth/session'
import { ok, type Result } from '#lib/core/result'
import { appendEvents, type EventDraft } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import { type AccountActor, actorOf, mayActOnAccount } from './on-account'

export interface ResetFactorsInput {
  /** Whose factors go. */
  personId: string
  by: AccountActor
}

export interface FactorsReset {
  factorCount: number
  codeCount: number
  sessionCount: number
}

/**
 * Takes everything that proves or signs in as a person: passkeys, authenticator app, recovery codes, unused sign-in links and
 * sessions. For a lost phone, or an account in the wrong hands. Votes made with them stand. What the person adds next, a second human confirms.
 * @returns refusals as of `mayActOnAccount`: never for oneself
 */
export function resetFactors(
  runtime: AuthRuntime,
  { personId, by }: ResetFactorsInput,
): Promise<Result<FactorsReset>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const action = { action: 'reset_factors', personId } as const
    const ownWay =
      'Your own factors another admin resets. You can remove each on your account page.'
    const may = await mayActOnAccount(runtime, tx, { by, personId, action, ownWay }, now)
    if (!may.ok) return may
    return ok(await endAllFactors(tx, { personId, actor: actorOf(by), told: {} }, now))
  })
}

/** The reset itself, for whoever has been allowed it. `told` goes into the entry. */
export async function endAllFactors(
  tx: Tx,
  reset: { personId: string; actor: EventDraft['actor']; told: EventDraft['body'] },
  now: number,
): Promise<FactorsReset> {
  const { personId, actor, told } = reset
  await lockFactors(tx, personId)
  const factorCount = await removeAll(tx, personId, actor, now)
  const { count: codeCount } = await tx.recoveryCode.deleteMany({ where: { personId } })
  await endLinks(tx, personId, now)
  const sessionCount = await revokeAllSessions(tx, { personId, keptId: undefined }, now)
  const counts = { factors: factorCount, recovery_codes: codeCount, sessions: sessionCount }
  const event = {
    stream: `person:${personId}`,
    type: 'factors.reset',
    actor,
    body: { ...counts, ...told },
  }
  await tellAccount(tx, [event], now)
  return { factorCount, codeCount, sessionCount }
}

/** As they are used ones: whoever has one made by then is not let in by it. */
async function endLinks(tx: Tx, personId: string, now: number): Promise<void> {
  await tx.signInLink.updateMany({
    where: { personId, usedAt: null },
    data: { usedAt: new Date(now) },
  })
}

/** Each removal is in the record, as whoever verifies votes offline needs it; the reset is what people are told. */
async function removeAll(
  tx: Tx,
  personId: string,
  actor: EventDraft['actor'],
  now: number,
): Promise<number> {
  const factors = await listFactors(tx, personId)
  await tx.passkey.updateMany({
    where: { personId, revokedAt: null },
    data: { revokedAt: new Date(now) },
  })
  await tx.totp.deleteMany({ where: { personId } })
  const events = factors.map(({ ref }) => factorRemoved({ personId, ref, by: actor }))
  if (events.length > 0) await appendEvents(tx, events, now)
  return factors.length
}
