import type { AuthRuntime } from '#lib/auth/runtime'
import { stepUp } from '#lib/auth/step-up'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import type { FactorProof, StepUpAction } from '#lib/wire/auth'

/** Who does something to somebody else's account: an admin with a factor, or whoever runs the installation's own machine. */
export type AccountActor =
  | { kind: 'system' }
  | { kind: 'person'; id: string; proof: FactorProof | null }

/**
 * Checks that this actor may do that to this person's account: an admin, somebody else, who proves it with a factor. Whoever may
 * not is told on their own stream.
 * @returns refusals `forbidden`, `not_found`, `mfa_required` and those of a factor
 */
export async function mayActOnAccount(
  runtime: Pick<AuthRuntime, 'config' | 'installation' | 'sealer'>,
  tx: Tx,
  deed: { by: AccountActor; personId: string; action: StepUpAction; ownWay: string },
  now: number,
): Promise<Result<undefined>> {
  const { by, personId, action } = deed
  const person = await tx.person.findUnique({ where: { id: personId }, select: { id: true } })
  if (person === null) return refuse('not_found')
  if (by.kind === 'system') return ok()
  const admin = await tx.person.findFirst({
    where: { id: by.id, active: true, roles: { has: 'admin' } },
    select: { id: true },
  })
  if (admin === null) {
    const actor = { kind: 'person', id: by.id } as const
    const body = { action: action.action, person: personId }
    await appendEvents(
      tx,
      [{ stream: `person:${by.id}`, type: 'account.refused', actor, body }],
      now,
    )
    return refuse('forbidden', { detail: 'Only an admin may do this.' })
  }
  if (by.id === personId) return refuse('forbidden', { detail: deed.ownWay })
  const proved = await stepUp(runtime, tx, { personId: by.id, proof: by.proof, action }, now)
  if (!proved.ok) return proved
  if (proved.value === null) {
    return refuse('mfa_required', {
      detail: 'This takes a confirmed factor of yours. Add one first.',
    })
  }
  return ok()
}

/** As the audit trail names them. */
export function actorOf(by: AccountActor): { kind: 'system' } | { kind: 'person'; id: string } {
  return by.kind === 'system' ? by : { kind: 'person', id: by.id }
}
