import { verifyNext } from '#lib/core/audit/chain'
import { type BadEntry, faultAt } from '#lib/core/audit/fault'
import { type EntryRow, entryOf } from '../audit-rows'

/** An entry, the hash of the one before it in its stream, and its leaf where it has one. */
export type CheckedRow = Omit<EntryRow, 'receipt'> & {
  before: string | null
  place: bigint | null
  leaf: string | null
}

/** SQL of the columns of a `CheckedRow`, of event `e`, the one before it `p` and leaf `l`. */
export const CHECKED = `e.stream, e.ordinal, e.type, e.at, e.actor, e.body, e.prev, e.hash, p.hash AS before,
  l.index AS place, l.hash AS leaf`
export const BEFORE = `LEFT JOIN LATERAL (
  SELECT hash FROM events WHERE stream = e.stream AND ordinal = e.ordinal - 1 OFFSET 0) p ON true`

/** Whether an entry is what was hashed, continues the one before it, and is what its leaf was made of. */
export function checkEntry({ before, place, leaf, ...row }: CheckedRow): BadEntry | undefined {
  const { stream, ordinal, hash } = row
  const at = { stream, ordinal, ...(place !== null && { leaf: Number(place) }) }
  if (ordinal > 1 && before === null)
    return faultAt('ordinal', 'The entry before it is missing.', at)
  const head = before === null ? null : { ordinal: ordinal - 1, hash: before }
  const step = verifyNext({ stream, head }, entryOf({ ...row, receipt: null }))
  if (!step.ok) return { ...step.bad, ...at }
  if (leaf === null || leaf === hash) return undefined
  return faultAt('leaf', 'Its leaf in the log was made of another entry.', at)
}
