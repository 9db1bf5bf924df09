import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction, isUniqueViolation } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { actorOf } from './create-person'

export interface CreateCallerInput {
  name: string
  kind: 'agent' | 'ci_job'
  ownerId: string
  roles: string[]
  environments: string[]
  /** `aud` of its allow tokens: the runtime that enforces. */
  audience: string
  byPersonId: string | null
}

/** Registers an agent or CI job. What it may act on comes from here, never from a contract. */
export async function createCaller(
  runtime: Pick<Runtime, 'db' | 'newId' | 'now'>,
  input: CreateCallerInput,
): Promise<Result<{ callerId: string }>> {
  const callerId = runtime.newId('clr')
  const { name, kind, ownerId, roles, environments, audience } = input
  try {
    return await inTransaction(runtime.db, async (tx) => {
      await tx.caller.create({
        data: { id: callerId, name, kind, ownerId, roles, environments, audience },
      })
      const event = {
        stream: `caller:${callerId}`,
        type: 'caller.created',
        actor: actorOf(input.byPersonId),
        body: { name, kind, owner: ownerId, roles, environments, audience },
      }
      await appendEvents(tx, [event], runtime.now())
      return ok({ callerId })
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return refuse('invalid_body', {
      detail: 'A caller of this name is registered already.',
      fields: [{ path: '/name', message: 'Taken.', code: 'taken' }],
    })
  }
}
