import type { Db } from '#lib/db/client'
import { readBounds } from '../audit-rows'
import type { TrailFilter } from './read-trail'

/** Entries, or leaves, of one file from the console; `npm run audit:export` has no such bound. */
export const MOST_EXPORTED = 50_000

export type ExportPlan =
  /** Whole streams with the whole log round them: it verifies offline. Null: every stream. */
  | { kind: 'trail'; streams: string[] | null }
  /** Entries by themselves. */
  | { kind: 'list' }

/** What a file of what is filtered can be: the trail itself, where the filter takes whole streams and the log is short enough. */
export async function exportPlan(
  db: Pick<Db, '$queryRaw' | 'policyVersion'>,
  filter: TrailFilter,
): Promise<ExportPlan> {
  const streams = await wholeStreams(db, filter)
  if (streams === 'parts') return { kind: 'list' }
  const { size } = await readBounds(db as Db)
  return size > MOST_EXPORTED ? { kind: 'list' } : { kind: 'trail', streams }
}

/** `parts`: the filter cuts through streams, or names too many of them. */
async function wholeStreams(
  db: Pick<Db, 'policyVersion'>,
  { kind, type, text, personId, requestId, fromAt, endAt }: TrailFilter,
): Promise<string[] | null | 'parts'> {
  const cutting = [type, personId, fromAt, endAt]
  if (text !== '' || cutting.some((value) => value !== null)) return 'parts'
  if (requestId !== null)
    return kind === null || kind === 'request' ? [`request:${requestId}`] : 'parts'
  if (kind === null) return null
  if (kind === 'installation') return ['installation']
  if (kind !== 'policy') return 'parts'
  const names = await db.policyVersion.findMany({
    distinct: ['name'],
    select: { name: true },
    orderBy: { name: 'asc' },
  })
  return names.map(({ name }) => `policy:${name}`)
}
