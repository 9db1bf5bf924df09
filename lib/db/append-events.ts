import { appendEntries, type EntryDraft } from '#lib/core/audit/chain'
import type { Json } from '#lib/core/contract/json'
import type { Tx } from './client'

export interface EventDraft {
  stream: string
  type: string
  actor: { kind: 'person' | 'caller' | 'system'; id?: string }
  body: Record<string, Json>
}

/**
 * Appends audit events to streams other than a request's (person, policy, caller, installation), inside the caller's
 * transaction. Writers of one stream are put in a row by an advisory lock, so that the chain never forks.
 */
export async function appendEvents(tx: Tx, drafts: EventDraft[], now: number): Promise<void> {
  const streams = [...new Set(drafts.map((draft) => draft.stream))].sort()
  for (const stream of streams) {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${stream}, 0))::text`
    const last = await tx.event.findFirst({
      where: { stream },
      orderBy: { ordinal: 'desc' },
      select: { ordinal: true, hash: true },
    })
    const own: EntryDraft[] = drafts
      .filter((draft) => draft.stream === stream)
      .map(({ type, actor, body }) => ({ type, actor, body, at: now }))
    const entries = appendEntries({ stream, head: last }, own)
    await tx.event.createMany({
      data: entries.map((entry) => ({
        stream,
        ordinal: entry.ordinal,
        type: entry.type,
        at: entry.at,
        actor: entry.actor,
        body: entry.body,
        prev: entry.prev,
        hash: entry.hash,
      })),
    })
  }
}
