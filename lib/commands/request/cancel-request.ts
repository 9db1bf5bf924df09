import { ok, type Result, refuse } from '#lib/core/result'
import { transition } from '#lib/core/ticket/transition'
import type { Actor } from '#lib/core/ticket/types'
import type { Runtime } from '#lib/runtime'
import { type Held, transact } from '../transact'

export interface CancelInput {
  requestId: string
  actor: Actor & { kind: 'person' | 'caller' }
  reason: string | null
}

/** Ends an open ticket without a no: by its caller, the caller's owner, or an admin. */
export function cancelRequest(
  runtime: Runtime,
  input: CancelInput,
): Promise<Result<{ state: 'cancelled' }>> {
  return transact(
    runtime,
    {
      requestId: input.requestId,
      actingPersonId: input.actor.kind === 'person' ? input.actor.id : null,
    },
    (held) => {
      if (isAnotherCaller(held, input.actor)) return { result: refuse('not_found'), events: [] }
      const mayCancel = isBehindOrAdmin(held, input.actor)
      const command = {
        kind: 'cancel',
        actor: input.actor,
        mayCancel,
        reason: input.reason,
      } as const
      const moved = transition(held.ticket, command, held.now)
      if (!moved.ok) return { result: moved, events: [] }
      return {
        result: ok({ state: 'cancelled' }),
        events: moved.value,
        particulars: { settled: true },
      }
    },
  )
}

/** A caller does not learn that another caller's request exists. */
export function isAnotherCaller(held: Held, actor: Actor): boolean {
  return actor.kind === 'caller' && actor.id !== held.rows.caller.id
}

/** The caller itself, its owner, or an admin: those who may take a request back. */
export function isBehindOrAdmin(held: Held, actor: CancelInput['actor']): boolean {
  if (actor.kind === 'caller') return actor.id === held.rows.caller.id
  const person = held.facts.directory.people[actor.id]
  if (!person?.active) return false
  return actor.id === held.rows.caller.owner_id || person.roles.includes('admin')
}
