import { z } from 'zod'
import { isId } from '#lib/core/ids'
import { factorProof } from './auth'
import { changeForm } from './change'

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

/** The changes that the pages of people and groups make. */
export const directoryChange = changeForm.refine(
  ({ kind }) => kind.startsWith('people.') || kind.startsWith('groups.'),
)
export const directoryChangeForm = z.object({
  change: directoryChange,
  proof: factorProof.nullable(),
})
