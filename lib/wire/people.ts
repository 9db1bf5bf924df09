import { z } from 'zod'
import { isId } from '#lib/core/ids'

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())
const text = first.pipe(z.string().trim().max(200).catch(''))

/** What the address of the people's page says. Anything odd in it is as if it were not there. */
export const peopleQuery = z
  .object({
    view: first.pipe(z.enum(['active', 'unlinked', 'gone']).catch('active')),
    q: text,
    after: text,
  })
  .transform(({ view, q, after }) => ({
    tab: view,
    text: q,
    after: isId('prs', after) ? after : null,
  }))
export type PeopleQuery = z.output<typeof peopleQuery>

export const personId = z.string().refine((id) => isId('prs', id))
