import { z } from 'zod'
import { ok, refuse } from '#lib/core/result'
import { endAllFactors } from '../../factor/reset-factors'
import { deed } from '../deed'
import { personOf } from '../people'

/** Takes everything that proves or signs in as a person (see resetFactors): with it, whoever asks could become them. */
export const resetFactorsOf = deed<'people.reset_factors', { person: string }>({
  args: z.strictObject({ person: z.string() }),
  prepare: async ({ tx }, form) => {
    const person = await personOf(tx, form.person)
    if (person === null) return refuse('not_found')
    return ok({
      args: { person: person.id },
      goal: `${person.name} (${person.email}): all factors, recovery codes and sessions end, and the next factor is confirmed anew`,
      isLoosening: true,
    })
  },
  apply: async ({ tx, now }, { person: id }, by) => {
    if ((await personOf(tx, id)) === null) return refuse('change_outdated')
    await endAllFactors(tx, { personId: id, actor: by.actor, told: by.told }, now)
    return ok()
  },
})
