import { ok, type Result } from '#lib/core/result'
import { transition } from '#lib/core/ticket/transition'
import type { Runtime } from '#lib/runtime'
import { transact } from '../transact'

/** Takes back one's own live vote while the ticket is open. */
export function withdrawVote(
  runtime: Runtime,
  input: { requestId: string; personId: string },
): Promise<Result<undefined>> {
  return transact(
    runtime,
    { requestId: input.requestId, actingPersonId: input.personId },
    (held) => {
      const moved = transition(
        held.ticket,
        { kind: 'withdraw_vote', actor: { kind: 'person', id: input.personId } },
        held.now,
      )
      if (!moved.ok) return { result: moved, events: [] }
      return { result: ok(), events: moved.value }
    },
  )
}
