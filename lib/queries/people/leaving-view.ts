import { SESSION_IDLE_MS } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import { MOST_COUNTED } from '#lib/wire/views/inbox'
import type { LeavingView } from '#lib/wire/views/people'
import { NEEDS_ME } from '../inbox/needs-me'

const MOST_NAMED = 5

/** All that ends when this person is deactivated now, and what would be left behind; null where there is no such person. */
export async function leavingView(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  personId: string,
): Promise<LeavingView | null> {
  const at = now()
  const [person, sessionCount, keyCount, callers, callerCount, needed] = await Promise.all([
    db.person.findUnique({
      where: { id: personId },
      select: { slackLinks: { where: { endedAt: null }, select: { userName: true }, take: 1 } },
    }),
    db.session.count({ where: liveSession(personId, at) }),
    db.apiKey.count({ where: { createdById: personId, ...liveKey(at) } }),
    db.caller.findMany({
      where: ownedCaller(personId),
      select: { name: true },
      orderBy: { name: 'asc' },
      take: MOST_NAMED,
    }),
    db.caller.count({ where: ownedCaller(personId) }),
    db.$queryRawUnsafe<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM (SELECT 1 FROM requests r WHERE ${NEEDS_ME} LIMIT ${MOST_COUNTED}) s`,
      personId,
    ),
  ])
  if (person === null) return null
  return {
    sessionCount,
    slackUser: person.slackLinks[0]?.userName ?? null,
    keyCount,
    callers: callers.map(({ name }) => name),
    callerCount,
    neededCount: needed[0]?.count ?? 0,
  }
}

/** Those that would still let somebody in. */
export function liveSession(personId: string, at: number) {
  return {
    personId,
    revokedAt: null,
    expiresAt: { gt: new Date(at) },
    lastSeenAt: { gt: new Date(at - SESSION_IDLE_MS) },
  }
}

/** Keys of callers that somebody registered: the console's own are not keys that anybody has. */
export function liveKey(at: number) {
  return {
    revokedAt: null,
    caller: { kind: { not: 'console' } },
    OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(at) } }],
  }
}

export function ownedCaller(personId: string) {
  return { ownerId: personId, active: true, kind: { not: 'console' } }
}
