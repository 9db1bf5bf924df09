import { z } from 'zod'
import { isId } from '#lib/core/ids'
import { factorProof } from './auth'
import { changeForm } from './change'

const first = z.preprocess((value) => (Array.isArray(value) ? value[0] : value), z.unknown())
const text = first.pipe(z.string().trim().max(200).catch(''))

/** What the address of the page of callers says. Anything odd in it is as if it were not there. */
export const callersQuery = z
  .object({ view: first.pipe(z.enum(['active', 'paused']).catch('active')), q: text, after: text })
  .transform(({ view, q, after }) => ({
    tab: view,
    text: q,
    after: isId('clr', after) ? after : null,
  }))
export type CallersQuery = z.output<typeof callersQuery>

/** A change of a caller or of its keys, with a factor where it gives something. */
export const callerChangeForm = z.object({
  change: changeForm.refine(({ kind }) => kind.startsWith('callers.')),
  proof: factorProof.nullable(),
})
