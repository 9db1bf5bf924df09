import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { newId } from '#lib/core/ids'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { deed, entryOf, type Place } from '../deed'

const ID_BYTES = 10

/**
 * Adds somebody without any role: they may read, and nothing else. Roles are a change of their own, which takes a second admin, so
 * that inviting need not.
 */
export const invite = deed<'people.invite', { person: string; name: string; email: string }>({
  args: z.strictObject({ person: z.string(), name: z.string(), email: z.string() }),
  prepare: async (place, { name, email }) => {
    const taken = await isTaken(place, email)
    if (!taken.ok) return taken
    const person = newId('prs', place.now, randomBytes(ID_BYTES))
    const goal = `${name} (${email}) is invited, without a role`
    return ok({ args: { person, name, email }, goal, isLoosening: false })
  },
  apply: async (place, { person, name, email }, by) => {
    const { tx, now } = place
    const taken = await isTaken(place, email)
    if (!taken.ok) return taken
    await tx.person.create({ data: { id: person, name, email, roles: [] } })
    const entry = entryOf(by, `person:${person}`, 'person.created', { person, roles: [] })
    await appendEvents(tx, [entry], now)
    return ok()
  },
})

async function isTaken({ tx }: Place, email: string): Promise<Result<undefined>> {
  const known = await tx.person.findUnique({
    where: { email },
    select: { name: true, active: true },
  })
  if (known === null) return ok()
  const message = known.active
    ? `${known.name} has this address already.`
    : `${known.name} had this address and has left. Let them come back instead: see those who left.`
  return refuse('invalid_body', { fields: [{ path: '/email', message, code: 'taken' }] })
}
