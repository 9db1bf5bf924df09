import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import { transition } from '#lib/core/ticket/transition'
import type { WriteSet } from '#lib/db/rows'
import type { Runtime } from '#lib/runtime'
import { type Held, transact } from '../transact'

/** Ends an earlier request of the same caller and records its successor, both or neither. An unredeemed grant goes with it. */
export function supersede(
  runtime: Runtime,
  earlierId: string,
  callerId: string,
  successor: WriteSet,
): Promise<Result<{ requestId: string; isNew: boolean }>> {
  const requestId = successor.requestId
  return transact(runtime, { requestId: earlierId }, (held) => {
    if (isOutdated(successor, held)) return { result: policyMovedOn(), events: [] }
    if (held.rows.caller.id !== callerId) return { result: refuse('not_found'), events: [] }
    const actor = { kind: 'caller', id: callerId, keyId: successor.insert?.key_id ?? '' } as const
    const command = { kind: 'supersede', actor, bySuccessor: requestId } as const
    const moved = transition(held.ticket, command, held.now)
    if (!moved.ok) return { result: moved, events: [] }
    return {
      result: ok({ requestId, isNew: true }),
      events: moved.value,
      particulars: { supersededBy: requestId, settled: true },
      also: [successor],
    }
  })
}

/** A release is written only while the policy it was decided by is the current one. */
function isOutdated({ insert }: WriteSet, { rows }: Held): boolean {
  return insert?.state === 'released' && insert.policy_version !== rows.currentPolicyVersion
}

export function policyMovedOn(): Refused {
  const detail = 'The policy changed while this was decided. Submit it again.'
  return refuse('policy_unavailable', { detail })
}
