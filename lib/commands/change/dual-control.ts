import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { adminsWithFactor } from './people'

/**
 * Whether a loosening change takes a second admin. It begins for good when there are two admins with a confirmed factor: an admin
 * who is then left alone, or makes themselves so, does not get back what two had to agree on.
 */
export async function dualControl(tx: Tx, byPersonId: string, now: number): Promise<'on' | 'off'> {
  const { dualControlAt } = await tx.installation.findUniqueOrThrow({
    where: { id: 1 },
    select: { dualControlAt: true },
  })
  if (dualControlAt !== null) return 'on'
  if ((await adminsWithFactor(tx, byPersonId)).length === 0) return 'off'
  await tx.installation.update({ where: { id: 1 }, data: { dualControlAt: new Date(now) } })
  const actor = { kind: 'system' } as const
  await appendEvents(
    tx,
    [{ stream: 'installation', type: 'dual_control.began', actor, body: {} }],
    now,
  )
  return 'on'
}

/**
 * Ends dual control, from the installation's own machine: for an organisation in which one admin is left. It begins again as soon as
 * there are two.
 * @returns refusal `change_outdated` where it is not on
 */
export function endDualControl(runtime: Pick<Runtime, 'db' | 'now'>): Promise<Result<undefined>> {
  return inTransaction(runtime.db, async (tx) => {
    const { count } = await tx.installation.updateMany({
      where: { dualControlAt: { not: null } },
      data: { dualControlAt: null },
    })
    if (count === 0) return refuse('change_outdated', { detail: 'Dual control is not on.' })
    const actor = { kind: 'system' } as const
    const event = { stream: 'installation', type: 'dual_control.ended', actor, body: {} }
    await appendEvents(tx, [event], runtime.now())
    return ok()
  })
}
