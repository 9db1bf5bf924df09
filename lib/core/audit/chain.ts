import type { JsonObject } from '../contract/json'
import {
  type AuditActor,
  entryHash,
  genesisHash,
  type HashedEntry,
  isStreamName,
  isWellFormed,
} from './entry'
import type { AuditFault, BadEntry } from './fault'

/** The last entry of a stream. */
export type ChainHead = { ordinal: number; hash: string }

/** A stream and where it ends; head null when it has no entry yet. */
export type Chain = { stream: string; head: ChainHead | null }

/** An event not yet in its stream. `at` is epoch milliseconds. */
export type EntryDraft = { type: string; at: number; actor: AuditActor; body: JsonObject }

export type ChainCheck = { ok: true; chain: Chain } | { ok: false; bad: BadEntry }

/**
 * Chains events to the end of their stream. Call it with the head as read under the lock; the last entry returned is the
 * new head.
 * @throws RangeError on a draft or stream that a verifier would refuse, TypeError on a body that is not JSON
 */
export function appendEntries(chain: Chain, drafts: readonly EntryDraft[]): HashedEntry[] {
  const entries: HashedEntry[] = []
  for (const draft of drafts) {
    entries.push(entryAfter(chain.stream, entries.at(-1) ?? chain.head, draft))
  }
  return entries
}

/**
 * Verifies entries that follow each other in one stream: from its first entry, or after a head that was verified before.
 * A chain alone cannot show that its tail was cut: compare its head with a checkpoint or with a head that was kept.
 */
export function verifyChain(chain: Chain, entries: Iterable<HashedEntry>): ChainCheck {
  let verified = chain
  for (const entry of entries) {
    const step = verifyNext(verified, entry)
    if (!step.ok) return step
    verified = step.chain
  }
  return { ok: true, chain: verified }
}

/** Whether one entry continues a chain, and the chain with it. */
export function verifyNext({ stream, head }: Chain, entry: HashedEntry): ChainCheck {
  const ordinal = (head?.ordinal ?? 0) + 1
  const bad = (fault: AuditFault, detail: string): ChainCheck => ({
    ok: false,
    bad: { fault, stream, ordinal, detail },
  })
  if (entry.stream !== stream) return bad('stream', `An entry of ${entry.stream} stands here.`)
  if (entry.ordinal !== ordinal) return bad('ordinal', `Entry ${entry.ordinal} stands here.`)
  if (entryHash(entry) !== entry.hash) {
    return bad('hash', 'Its content is not what was hashed when it was written.')
  }
  if (entry.prev !== (head?.hash ?? genesisHash(stream))) {
    return bad('prev', 'It does not continue the entry before it: one of the two was replaced.')
  }
  return { ok: true, chain: { stream, head: { ordinal, hash: entry.hash } } }
}

/**
 * The same where entries of the stream may be withheld: an entry further on is held by its own hash, and by `prev` where the
 * one before it is shown. Its place in the signed log has to prove the rest.
 */
export function verifyLater(chain: Chain, entry: HashedEntry): ChainCheck {
  const { stream, head } = chain
  const next = (head?.ordinal ?? 0) + 1
  if (entry.stream !== stream || entry.ordinal <= next) return verifyNext(chain, entry)
  const isWhole = entryHash(entry) === entry.hash
  if (isWhole)
    return { ok: true, chain: { stream, head: { ordinal: entry.ordinal, hash: entry.hash } } }
  const detail = 'Its content is not what was hashed when it was written.'
  return { ok: false, bad: { fault: 'hash', stream, ordinal: entry.ordinal, detail } }
}

function entryAfter(stream: string, head: ChainHead | null, draft: EntryDraft): HashedEntry {
  if (!isStreamName(stream)) throw new RangeError(`Not the name of a stream: ${stream}`)
  const { type, actor, body } = draft
  const entry = {
    v: 1 as const,
    stream,
    ordinal: (head?.ordinal ?? 0) + 1,
    type,
    at: new Date(draft.at).toISOString(),
    actor,
    body,
    prev: head?.hash ?? genesisHash(stream),
  }
  if (!isWellFormed(entry)) throw new RangeError(`Not an audit entry: ${type} by ${actor.kind}`)
  return { ...entry, hash: entryHash(entry) }
}
