import { ok, type Result } from '#lib/core/result'
import { transition } from '#lib/core/ticket/transition'
import type { TicketState } from '#lib/core/ticket/types'
import type { Runtime } from '#lib/runtime'
import { askForRequest } from './ask-decision-points'
import { transact } from './transact'

export interface ReevaluateInput {
  requestId: string
  /** What woke it: vote, evidence, clock, decision_point, sweep. Kept with the decision. */
  cause: string
}

/**
 * Evaluates a held request again and applies what follows: released, denied, expired or still held. Safe to run twice,
 * late or out of order: it reads everything again under the lock. Past the deadline it evaluates as of the deadline, so
 * a slow worker and an expiry job always agree.
 */
export async function reevaluate(
  runtime: Runtime,
  input: ReevaluateInput,
): Promise<Result<{ state: TicketState }>> {
  await askForRequest(runtime, input.requestId)
  return await transact<{ state: TicketState }>(runtime, { requestId: input.requestId }, (held) => {
    const { ticket, now } = held
    if (ticket.state !== 'open')
      return { result: ok({ state: ticket.state }), events: [], particulars: { settled: true } }
    const asOf = Math.min(now, ticket.deadlineAt ?? now)
    // A policy that cannot be loaded for a moment must not expire what had met it in time: the job is tried again.
    if (held.policies.length === 0 && asOf < now) {
      throw new Error('The policy cannot be loaded: the deadline is looked at later')
    }
    const evaluation = held.evaluateAt(asOf)
    const moved = transition(
      ticket,
      {
        kind: 'evaluate',
        actor: { kind: 'system' },
        evaluation,
        generation: held.rows.generation,
        executionWindowMs: Math.min(
          ...held.policies.map((policy) => policy.executionWindowMs),
          FOUR_HOURS_MS,
        ),
      },
      now,
    )
    if (!moved.ok) return { result: moved, events: [] }
    return {
      result: ok({ state: ticket.state }),
      events: moved.value,
      particulars: { evaluation, cause: input.cause },
    }
  })
}

const FOUR_HOURS_MS = 4 * 60 * 60 * 1000
