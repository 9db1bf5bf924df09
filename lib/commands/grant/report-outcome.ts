import { ok, type Result, refuse } from '#lib/core/result'
import { transition } from '#lib/core/ticket/transition'
import type { Outcome } from '#lib/core/ticket/types'
import type { Runtime } from '#lib/runtime'
import { transact } from '../transact'

export interface ReportInput {
  requestId: string
  callerId: string
  keyId: string
  outcome: Outcome
  detail: string | null
}

/** What the runtime says happened after it redeemed. */
export function reportOutcome(
  runtime: Runtime,
  input: ReportInput,
): Promise<Result<{ outcome: Outcome }>> {
  return transact(runtime, { requestId: input.requestId }, (held) => {
    if (held.rows.caller.id !== input.callerId) return { result: refuse('not_found'), events: [] }
    const moved = transition(
      held.ticket,
      {
        kind: 'report',
        actor: { kind: 'caller', id: input.callerId, keyId: input.keyId },
        outcome: input.outcome,
        detail: input.detail,
      },
      held.now,
    )
    if (!moved.ok) return { result: moved, events: [] }
    return { result: ok({ outcome: input.outcome }), events: moved.value }
  })
}
