import { activeAdmins } from '#lib/auth/account-news'
import { confirmersOf } from '#lib/auth/confirmers'
import type { SignedIn } from '#lib/auth/session'
import type { Runtime } from '#lib/runtime'
import { linkOfCallerNews, type NewsLink } from '#lib/wire/caller-news'
import type { AccountNoticesView } from '#lib/wire/views/account'
import { oneOf } from '../ticket/people-words'

/** A page shows this many; what is older comes once these were seen. */
const MOST_SHOWN = 5

/** What a person has to be told about their account on whatever page they open. One read where there is nothing. */
export async function accountNotices(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  { personId, method }: Pick<SignedIn, 'personId' | 'method'>,
): Promise<AccountNoticesView> {
  const isRecovery = method === 'recovery'
  const unseen = { personId, audience: 'person', seenAt: null }
  const rows = await db.announcement.findMany({
    where: unseen,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MOST_SHOWN,
    select: { id: true, text: true, createdAt: true, eventSeq: true },
  })
  const isFull = rows.length === MOST_SHOWN
  const [count, admins, confirmers, callers] = await Promise.all([
    isFull ? db.announcement.count({ where: unseen }) : rows.length,
    rows.length > 0 ? activeAdmins(db) : [],
    isRecovery ? confirmerNames(db, personId, now()) : '',
    rows.length > 0 ? ofCallers(db, rows) : new Map<bigint, { link: NewsLink | null }>(),
  ])
  return {
    isRecovery,
    confirmers,
    news: rows.map(({ id, text, createdAt, eventSeq }) => ({
      id,
      text,
      at: createdAt.toISOString(),
      aboutCaller: callers.get(eventSeq) ?? null,
    })),
    moreCount: count - rows.length,
    adminNames: admins.filter(({ id }) => id !== personId).map(({ name }) => name),
  }
}

/** Of the audit entries that are about a caller, where each leads. */
async function ofCallers(
  db: Runtime['db'],
  rows: { eventSeq: bigint }[],
): Promise<Map<bigint, { link: NewsLink | null }>> {
  const seqs = rows.map(({ eventSeq }) => eventSeq)
  const events = await db.event.findMany({
    where: { seq: { in: seqs }, stream: { startsWith: 'caller:' } },
    select: { seq: true, body: true },
  })
  return new Map(events.map(({ seq, body }) => [seq, { link: linkOfCallerNews(body) }]))
}

async function confirmerNames(db: Runtime['db'], personId: string, now: number): Promise<string> {
  const { personIds } = await confirmersOf(db, { personId, addedAt: now })
  const people = await db.person.findMany({
    where: { id: { in: personIds.filter((id) => id !== personId) } },
    select: { name: true },
    orderBy: { name: 'asc' },
  })
  return oneOf(people.map(({ name }) => name))
}
