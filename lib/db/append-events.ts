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
 * @returns the number of each entry, in the order of the drafts
 */
export async function appendEvents(tx: Tx, drafts: EventDraft[], now: number): Promise<bigint[]> {
  const seqs = new Map<EventDraft, bigint>()
  const streams = [...new Set(drafts.map((draft) => draft.stream))].sort()
  for (const stream of streams) {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${stream}, 0))::text`
    const last = await tx.event.findFirst({
      where: { stream },
      orderBy: { ordinal: 'desc' },
      select: { ordinal: true, hash: true },
    })
    const own = drafts.filter((draft) => draft.stream === stream)
    const told: EntryDraft[] = own.map(({ type, actor, body }) => ({ type, actor, body, at: now }))
    const entries = appendEntries({ stream, head: last }, told)
    const rows = await tx.event.createManyAndReturn({
      select: { seq: true, ordinal: true },
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
    const seqOf = new Map(rows.map(({ ordinal, seq }) => [ordinal, seq]))
    for (const [at, draft] of own.entries()) {
      const seq = seqOf.get(entries[at]?.ordinal ?? -1)
      if (seq !== undefined) seqs.set(draft, seq)
    }
  }
  return drafts.map((draft) => seqs.get(draft) ?? 0n)
}
