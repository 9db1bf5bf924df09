import type { Runtime } from '#lib/runtime'
import { type AuditFilter, isRequestId, spanOf } from '#lib/wire/audit'
import type { PersonView } from '#lib/wire/views/common'
import type { TrailFilter } from './read-trail'

const MOST_PEOPLE = 10

export interface FoundFilter {
  /** Null: somebody or something is asked for that is not there, so nothing is shown. */
  trail: TrailFilter | null
  person: PersonView | null
  /** Whom the filter could mean, where that is not clear. */
  people: PersonView[]
  isOddRequest: boolean
}

/** What a filter means here and now: whom by name, and days as instants of this installation's zone. */
export async function findFilter(
  { db, config }: Pick<Runtime, 'db' | 'config'>,
  filter: AuditFilter,
): Promise<FoundFilter> {
  // A request's id is found wherever it was typed.
  const request = isRequestId(filter.text) ? filter.text : filter.request
  const text = request === filter.text ? '' : filter.text
  const isOddRequest = request !== '' && !isRequestId(request)
  const { person, people } = await findPerson(db, filter.person)
  const isNobody = filter.person !== '' && person === null
  const { fromAt, endAt } = spanOf(filter, config.timeZone)
  const { kind, type } = filter
  const found: TrailFilter = {
    kind,
    type,
    text,
    personId: person?.id ?? null,
    requestId: request === '' ? null : request,
    fromAt,
    endAt,
  }
  return { trail: isNobody || isOddRequest ? null : found, person, people, isOddRequest }
}

/** By id, by the whole name or address, else by a part of either that only one has. */
async function findPerson(
  db: Runtime['db'],
  said: string,
): Promise<{ person: PersonView | null; people: PersonView[] }> {
  if (said === '') return { person: null, people: [] }
  const select = { id: true, name: true }
  const byId = await db.person.findUnique({ where: { id: said }, select })
  if (byId) return { person: byId, people: [] }
  const contains = said.replaceAll(/[\\%_]/g, '\\$&')
  const matches = { contains, mode: 'insensitive' as const }
  const people = await db.person.findMany({
    where: { OR: [{ name: matches }, { email: matches }] },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: MOST_PEOPLE,
    select,
  })
  const [only] = people
  return people.length === 1 && only ? { person: only, people: [] } : { person: null, people }
}
