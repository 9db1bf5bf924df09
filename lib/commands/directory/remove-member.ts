import { ok, type Result } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { lockTighten, wakeOpen } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { actorOf } from './create-person'

/** Takes a person out of a group. It waits for releases and redemptions under way and holds for the next. */
export function removeMember(
  runtime: Pick<Runtime, 'db' | 'now'>,
  input: { group: string; personId: string; byPersonId: string | null },
): Promise<Result<undefined>> {
  return inTransaction(runtime.db, async (tx) => {
    await lockTighten(tx)
    const { count } = await tx.groupMember.deleteMany({
      where: { groupName: input.group, personId: input.personId },
    })
    if (count === 0) return ok()
    const event = {
      stream: `person:${input.personId}`,
      type: 'group.left',
      actor: actorOf(input.byPersonId),
      body: { group: input.group },
    }
    await wakeOpen(tx)
    await appendEvents(tx, [event], runtime.now())
    return ok()
  })
}
