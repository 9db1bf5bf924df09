import { randomBytes } from 'node:crypto'
import { newId } from '#lib/core/ids'
import { appendEvents, type EventDraft } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { alertText, newsText } from './news-text'

/** Whom a piece of news is for, and what it says. */
interface News {
  personId: string
  /** `alerts`: the alerts channel of the Slack routing. */
  audience: 'person' | 'alerts'
  text: string
}

const ID_BYTES = 10

/**
 * Appends what happened to somebody's account to the audit trail and, in the same transaction, announces it: to the person
 * in the console until they say that they know, and in Slack; what an admin did to somebody's factors, in the alerts channel
 * as well. Neither is ever without the other.
 */
export async function tellAccount(tx: Tx, drafts: EventDraft[], now: number): Promise<void> {
  const seqs = await appendEvents(tx, drafts, now)
  for (const [at, draft] of drafts.entries()) {
    const news = await newsOf(tx, draft)
    if (news.length === 0) continue
    await tx.announcement.createMany({
      data: news.map((each) => ({
        ...each,
        id: newId('ann', now, randomBytes(ID_BYTES)),
        eventSeq: seqs[at] ?? 0n,
        createdAt: new Date(now),
        dueAt: new Date(now),
      })),
    })
  }
}

async function newsOf(tx: Tx, draft: EventDraft): Promise<News[]> {
  const personId = /^person:(.+)$/.exec(draft.stream)?.[1]
  if (personId === undefined) return []
  const [byName, name] = await Promise.all([
    draft.actor.id === personId ? null : nameOf(tx, draft),
    personName(tx, personId),
  ])
  const news: News[] = []
  const text = newsText(draft, byName)
  if (text !== null) news.push({ personId, audience: 'person', text })
  const alert = alertText(draft, { byName, name })
  if (alert === null) return news
  news.push({ personId, audience: 'alerts', text: alert })
  // What the person themselves cannot end is for whoever can.
  if (draft.type === 'account.disowned') {
    const admins = await activeAdmins(tx)
    const others = admins.filter(({ id }) => id !== personId)
    news.push(
      ...others.map(({ id }) => ({ personId: id, audience: 'person' as const, text: alert })),
    )
  }
  return news
}

/** Those who can unlock codes and reset factors, by name. */
export function activeAdmins(tx: Pick<Tx, 'person'>): Promise<{ id: string; name: string }[]> {
  return tx.person.findMany({
    where: { active: true, roles: { has: 'admin' } },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
  })
}

async function nameOf(tx: Tx, { actor }: EventDraft): Promise<string> {
  if (actor.kind !== 'person' || actor.id === undefined) return 'The operator of this installation'
  return await personName(tx, actor.id)
}

async function personName(tx: Tx, id: string): Promise<string> {
  const person = await tx.person.findUnique({ where: { id }, select: { name: true } })
  return person?.name ?? 'Somebody'
}
