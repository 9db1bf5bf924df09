import { tellAccount } from '#lib/auth/account-news'
import { confirmersOf } from '#lib/auth/confirmers'
import { factorConfirmed } from '#lib/auth/factor-events'
import { type Factor, factorKey, findFactor } from '#lib/auth/factors'
import type { AuthRuntime } from '#lib/auth/runtime'
import { stepUp } from '#lib/auth/step-up'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { FactorProof, FactorRef } from '#lib/wire/auth'

export interface ConfirmFactorInput {
  /** Who confirms. */
  actorId: string
  factor: FactorRef
  /** A factor of the one who confirms; null only where they have none, as the lone admin at first. */
  proof: FactorProof | null
}

const NAMES_TOLD = 5

/**
 * A second human confirms somebody's first or reset factor, with a factor of their own. It votes on tickets opened after
 * this. Where there is no second human yet, the lone admin confirms their own, and the audit trail says that dual control
 * is off.
 * @returns `control`: how far this was dual control; refusal `not_found`, `forbidden`, `mfa_required`, `mfa_failed`, …
 */
export function confirmFactor(
  runtime: AuthRuntime,
  input: ConfirmFactorInput,
): Promise<Result<{ control: string }>> {
  const { actorId, proof, factor: ref } = input
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const factor = await findFactor(tx, ref)
    if (factor === undefined) return refuse('not_found')
    if (factor.confirmedAt !== null)
      return refuse('forbidden', { detail: 'It is confirmed already.' })
    const { personIds, control } = await confirmersOf(tx, factor)
    if (!personIds.includes(actorId)) return await notYou(tx, input, factor, personIds, now)
    const action = { action: 'confirm_factor', factor: ref } as const
    const proved = await stepUp(runtime, tx, { personId: actorId, proof, action }, now)
    if (!proved.ok) return proved
    if (!(await markConfirmed(tx, factor, actorId, now))) return refuse('not_found')
    const { personId } = factor
    await tellAccount(tx, factorConfirmed({ personId, ref, byId: actorId, control }), now)
    return ok({ control })
  })
}

/** The conditions are in the UPDATE: a factor that was replaced or removed meanwhile is not the one that was looked at. */
async function markConfirmed(
  tx: Tx,
  { ref, addedAt }: Factor,
  actorId: string,
  now: number,
): Promise<boolean> {
  const createdAt = new Date(addedAt)
  const data = { confirmedAt: new Date(now), confirmedBy: actorId }
  if (ref.kind === 'passkey') {
    const where = { id: ref.id, revokedAt: null, confirmedAt: null, createdAt }
    return (await tx.passkey.updateMany({ where, data })).count === 1
  }
  const where = { personId: ref.personId, confirmedAt: null, createdAt }
  return (await tx.totp.updateMany({ where, data })).count === 1
}

async function notYou(
  tx: Tx,
  { actorId, factor: ref }: ConfirmFactorInput,
  { personId }: Factor,
  personIds: string[],
  now: number,
): Promise<Refused> {
  const body = { kind: ref.kind, id: factorKey(ref) }
  const actor = { kind: 'person', id: actorId } as const
  const stream = `person:${personId}`
  await appendEvents(tx, [{ stream, type: 'factor.confirmation_refused', actor, body }], now)
  const people = await tx.person.findMany({
    where: { id: { in: personIds } },
    select: { name: true },
    orderBy: { name: 'asc' },
    take: NAMES_TOLD,
  })
  const names = people.map(({ name }) => name).join(', ')
  const detail = names === '' ? 'Nobody can confirm it yet.' : `These can confirm it: ${names}.`
  return refuse('forbidden', { detail })
}
