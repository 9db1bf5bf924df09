import { tellAccount } from '#lib/auth/account-news'
import { factorRemoved } from '#lib/auth/factor-events'
import { type Factor, findFactor } from '#lib/auth/factors'
import type { AuthRuntime } from '#lib/auth/runtime'
import { stepUp } from '#lib/auth/step-up'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { FactorProof, FactorRef } from '#lib/wire/auth'

export interface RemoveFactorInput {
  actorId: string
  factor: FactorRef
  /** A factor of the one who removes; null only where they have none confirmed and remove their own. */
  proof: FactorProof | null
}

/**
 * Takes a factor away: a person their own, an admin anybody's (a lost phone). Votes made with it stand. Whoever has no
 * factor left starts over, with a second human to confirm.
 */
export function removeFactor(
  runtime: AuthRuntime,
  input: RemoveFactorInput,
): Promise<Result<undefined>> {
  const { actorId, factor: ref, proof } = input
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const factor = await findFactor(tx, ref)
    if (factor === undefined || !(await mayRemove(tx, actorId, factor))) return refuse('not_found')
    const action = { action: 'remove_factor', factor: ref } as const
    const proved = await stepUp(runtime, tx, { personId: actorId, proof, action }, now)
    if (!proved.ok) return proved
    if (proved.value === null && actorId !== factor.personId) return refuse('mfa_required')
    if (!(await remove(tx, ref, now))) return refuse('not_found')
    const { personId } = factor
    const by = { kind: 'person', id: actorId } as const
    await tellAccount(tx, [factorRemoved({ personId, ref, by })], now)
    return ok()
  })
}

async function mayRemove(tx: Tx, actorId: string, factor: Factor): Promise<boolean> {
  const actor = await tx.person.findUnique({ where: { id: actorId, active: true } })
  if (actor === null) return false
  return actorId === factor.personId || actor.roles.includes('admin')
}

/** A passkey's row stays, because votes name its key; a sealed secret serves nobody any more. */
async function remove(tx: Tx, ref: FactorRef, now: number): Promise<boolean> {
  if (ref.kind === 'totp') {
    return (await tx.totp.deleteMany({ where: { personId: ref.personId } })).count === 1
  }
  const where = { id: ref.id, revokedAt: null }
  return (await tx.passkey.updateMany({ where, data: { revokedAt: new Date(now) } })).count === 1
}
