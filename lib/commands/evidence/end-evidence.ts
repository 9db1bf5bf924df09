import { ok, type Result } from '#lib/core/result'
import { voterOf } from '#lib/core/ticket/eligibility'
import { transition } from '#lib/core/ticket/transition'
import type { Runtime } from '#lib/runtime'
import { transact } from '../transact'

export interface EndEvidenceInput {
  requestId: string
  evidenceId: string
  personId: string
  /** Withdrawn by its author, or rejected by an eligible approver, who says why. */
  how: { kind: 'withdraw' } | { kind: 'reject'; reason: string }
}

/** Takes an item off the ticket. Votes that were shown it no longer stand. */
export function endEvidence(
  runtime: Runtime,
  input: EndEvidenceInput,
): Promise<Result<{ evidenceId: string }>> {
  return transact(
    runtime,
    { requestId: input.requestId, actingPersonId: input.personId },
    (held) => {
      const actor = { kind: 'person', id: input.personId } as const
      const moved = transition(
        held.ticket,
        input.how.kind === 'withdraw'
          ? { kind: 'withdraw_evidence', actor, evidenceId: input.evidenceId }
          : {
              kind: 'reject_evidence',
              actor,
              evidenceId: input.evidenceId,
              reason: input.how.reason,
              voter: voterOf(input.personId, held.facts, held.now),
              evaluation: held.evaluateAt(held.now),
            },
        held.now,
      )
      if (!moved.ok) return { result: moved, events: [] }
      return { result: ok({ evidenceId: input.evidenceId }), events: moved.value }
    },
  )
}
