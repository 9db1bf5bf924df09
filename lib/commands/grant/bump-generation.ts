import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { lockTighten } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'

/**
 * After a restore from backup: what was collected or redeemed since the backup is not known any more, so every token and
 * grant of before is dead. Runtimes hear `old_generation` and submit again.
 */
export function bumpGeneration(
  runtime: Pick<Runtime, 'db' | 'now'>,
): Promise<Result<{ generation: number }>> {
  return inTransaction(runtime.db, async (tx) => {
    await lockTighten(tx)
    const { generation } = await tx.installation.update({
      where: { id: 1 },
      data: { generation: { increment: 1 } },
    })
    const event = {
      stream: 'installation',
      type: 'generation.bumped',
      actor: { kind: 'system' as const },
      body: { generation },
    }
    await appendEvents(tx, [event], runtime.now())
    return ok({ generation })
  })
}
