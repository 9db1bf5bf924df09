import { HOUR_MS } from '#lib/core/durations'
import { ok, type Result } from '#lib/core/result'
import { apply } from '#lib/core/ticket/apply'
import { transition } from '#lib/core/ticket/transition'
import type { TicketState } from '#lib/core/ticket/types'
import type { Runtime } from '#lib/runtime'
import { type Held, transact, type Work } from '../transact'
import { askForRequest } from './ask-decision-points'

export interface ReevaluateInput {
  requestId: string
  /** What woke it: vote, evidence, clock, decision_point, sweep. Kept with the decision. */
  cause: string
}

/** Input may arrive while a decision point thinks; it is then asked again, this often in one run. */
const MOST_ROUNDS = 3
/** How long after the deadline an unreadable policy may come back before the request expires all the same. */
const UNREADABLE_MS = HOUR_MS

/**
 * Evaluates a held request again and applies what follows: released, denied, expired or still held. Safe to run twice,
 * late or out of order: it reads everything again under the lock. Past the deadline it evaluates as of the deadline, so
 * a slow worker and an expiry job always agree.
 * @throws when the policy cannot be loaded, or input keeps arriving: the job is tried again
 */
export async function reevaluate(
  runtime: Runtime,
  input: ReevaluateInput,
): Promise<Result<{ state: TicketState }>> {
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    await askForRequest(runtime, input.requestId)
    const evaluated = await transact<{ state: TicketState } | 'ask again'>(
      runtime,
      { requestId: input.requestId },
      (held) => evaluateHeld(runtime, held, input.cause),
    )
    if (!evaluated.ok) return evaluated
    if (evaluated.value !== 'ask again') return ok(evaluated.value)
  }
  throw new Error('Input kept arriving while decision points were asked')
}

function evaluateHeld(
  runtime: Runtime,
  held: Held,
  cause: string,
): Work<{ state: TicketState } | 'ask again'> {
  const { ticket, now } = held
  if (ticket.state !== 'open') {
    return { result: ok({ state: ticket.state }), events: [], particulars: { settled: true } }
  }
  if (isBehind(runtime, held)) return { result: ok('ask again' as const), events: [] }
  // What was decided last stays as it is: a policy that cannot be loaded for a while neither changes nor expires it.
  const givenUpAt = (ticket.deadlineAt ?? now) + UNREADABLE_MS
  if (held.policies.length === 0 && now < givenUpAt) {
    throw new Error('The policy of the request cannot be loaded')
  }
  const evaluation = held.evaluateAt(Math.min(now, ticket.deadlineAt ?? now))
  const moved = transition(
    ticket,
    {
      kind: 'evaluate',
      actor: { kind: 'system' },
      evaluation,
      generation: held.rows.generation,
      executionWindowMs: Math.min(...held.policies.map((policy) => policy.executionWindowMs)),
    },
    now,
  )
  if (!moved.ok) return { result: moved, events: [] }
  const after = moved.value.reduce((before, event) => apply(before, event, now), ticket)
  return {
    result: ok({ state: after.state }),
    events: moved.value,
    particulars: { evaluation, cause },
  }
}

/** A decision point was asked about an input that is not the last one any more. */
function isBehind({ decisionPoints }: Runtime, { facts, ticket }: Held): boolean {
  return decisionPoints.some(({ name }) => {
    const answer = facts.remotes.find((remote) => remote.name === name)
    return answer !== undefined && answer.inputSeq < ticket.inputSeq
  })
}
