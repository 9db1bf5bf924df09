import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction, isUniqueViolation } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import type { Role } from '#lib/wire/change'

export interface CreatePersonInput {
  name: string
  email: string
  roles: Role[]
  /** Who does it; null: whoever runs the installation's own command line. */
  byPersonId: string | null
}

/** Adds a human. They sign in by a link or single sign-on and can vote once a second factor is confirmed. */
export async function createPerson(
  runtime: Pick<Runtime, 'db' | 'newId' | 'now'>,
  input: CreatePersonInput,
): Promise<Result<{ personId: string }>> {
  const personId = runtime.newId('prs')
  const { name, roles } = input
  const email = input.email.trim().toLowerCase()
  try {
    return await inTransaction(runtime.db, async (tx) => {
      await tx.person.create({ data: { id: personId, name, email, roles } })
      const event = {
        stream: `person:${personId}`,
        type: 'person.created',
        actor: actorOf(input.byPersonId),
        body: { person: personId, roles: [...roles] },
      }
      await appendEvents(tx, [event], runtime.now())
      return ok({ personId })
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return refuse('invalid_body', {
      detail: 'Somebody has this e-mail address already.',
      fields: [{ path: '/email', message: 'Taken.', code: 'taken' }],
    })
  }
}

export function actorOf(personId: string | null) {
  return personId === null ? { kind: 'system' as const } : { kind: 'person' as const, id: personId }
}
