import type { Db } from '#lib/db/client'
import type { TrailRow } from './read-trail'

/** What people, callers and requests are called that entries speak of. */
export interface TrailNames {
  person: (id: string) => string
  caller: (id: string) => CallerName | null
  /** Of the caller that a request is of, and the key that it was sent with. */
  request: (id: string) => { caller: CallerName; keyName: string } | null
}

interface CallerName {
  name: string
  /** `aud` of its tokens: who collects and redeems. */
  audience: string
}

/** Members of a body that name a person. */
const PERSON_MEMBERS = ['person', 'owner', 'closed_by']

/** Reads the names that the sentences of these entries need, in one statement a table. */
export async function trailNames(
  db: Pick<Db, 'person' | 'caller' | 'request' | 'apiKey'>,
  rows: readonly Pick<TrailRow, 'stream' | 'actor' | 'body'>[],
): Promise<TrailNames> {
  const requests = await db.request.findMany({
    where: { id: { in: ofStreams(rows, 'request') } },
    select: { id: true, callerId: true, keyId: true },
  })
  const acting = (kind: string) =>
    rows.flatMap(({ actor }) => (actor.kind === kind && actor.id !== undefined ? [actor.id] : []))
  const mentioned = rows.flatMap(({ body }) =>
    PERSON_MEMBERS.flatMap((member) => (typeof body[member] === 'string' ? [body[member]] : [])),
  )
  const [people, callers, keys] = await Promise.all([
    db.person.findMany({
      where: {
        id: { in: unique([...acting('person'), ...mentioned, ...ofStreams(rows, 'person')]) },
      },
      select: { id: true, name: true },
    }),
    db.caller.findMany({
      where: {
        id: {
          in: unique([
            ...acting('caller'),
            ...ofStreams(rows, 'caller'),
            ...requests.map(({ callerId }) => callerId),
          ]),
        },
      },
      select: { id: true, name: true, audience: true },
    }),
    db.apiKey.findMany({
      where: { id: { in: unique(requests.map(({ keyId }) => keyId)) } },
      select: { id: true, name: true },
    }),
  ])
  const personNames = new Map(people.map(({ id, name }) => [id, name]))
  const callerNames = new Map(callers.map(({ id, name, audience }) => [id, { name, audience }]))
  const keyNames = new Map(keys.map(({ id, name }) => [id, name]))
  const requestsById = new Map(requests.map((request) => [request.id, request]))
  return {
    person: (id) => personNames.get(id) ?? id,
    caller: (id) => callerNames.get(id) ?? null,
    request: (id) => {
      const request = requestsById.get(id)
      const caller = request && callerNames.get(request.callerId)
      return request && caller ? { caller, keyName: keyNames.get(request.keyId) ?? '' } : null
    },
  }
}

function ofStreams(rows: readonly Pick<TrailRow, 'stream'>[], kind: string): string[] {
  const start = `${kind}:`
  return unique(
    rows.flatMap(({ stream }) => (stream.startsWith(start) ? [stream.slice(start.length)] : [])),
  )
}

function unique(ids: string[]): string[] {
  return [...new Set(ids)]
}
