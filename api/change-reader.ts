import { type CallerChange, callerChangesSince, changesOf } from '#lib/queries/caller-changes'
import type { Listener, Runtime } from '#lib/runtime'
import type { RequestChange } from '#lib/wire/event'

export interface Stream {
  callerId: string
  body: ReadableStream<Uint8Array>
  change: (change: RequestChange) => void
  /** What changed before the stream had a position, in one piece and without ids: a reader that is cut off in it asks for all of it again. */
  backlog: (changes: RequestChange[]) => void
  /** So much may have changed that it is not told one by one. */
  reset: () => void
  /** Nothing but until when changes were told. */
  beat: () => void
  close: () => void
  /** Epoch ms of the database's clock; null before the stream has a position. */
  position: () => number | null
  /** From here on events have ids. */
  startFrom: (position: () => string) => void
}

export interface ChangeReader {
  /** By `performance.now()`: every change before was told to the streams. */
  toldUntil: () => number
  /** How often changes may have been missed so far. */
  losses: () => number
}

interface Waiting {
  /** Heard of and not read yet. */
  ids: Set<string>
  /** Epoch ms of the database's clock: changes since then may have been missed. */
  since: number | null
}

/** Whose requests are, of those that changed last. They never change owners. */
const MOST_OWNERS = 20_000

/**
 * Reads what changed and tells it to the streams of its owners. However many streams there are, a change is read once, by one
 * statement at a time for all that changed meanwhile; a request whose owner has no stream is read once and not again.
 */
export function createChangeReader(
  runtime: Runtime,
  listener: Listener,
  streams: ReadonlyMap<string, ReadonlySet<Stream>>,
): ChangeReader {
  const owners = new Map<string, string>()
  let waiting: Waiting = { ids: new Set(), since: null }
  /** Until when everything was told, while something is still to be told. */
  let untold: number | null = null
  let isReading = false
  let losses = 0

  const toldUntil = () => Math.min(listener.heardUntil(), untold ?? Number.POSITIVE_INFINITY)
  const all = () => [...streams.values()].flatMap((own) => [...own])
  const isWaiting = () => waiting.ids.size > 0 || waiting.since !== null
  const tell = ({ callerId, change }: CallerChange): void => {
    keepOwner(owners, change.request_id, callerId)
    for (const stream of streams.get(callerId) ?? []) stream.change(change)
  }
  const readMissed = async (since: number): Promise<void> => {
    const callerIds = [...streams.keys()]
    const missed = await callerChangesSince(runtime, { callerIds, since: new Date(since) })
    if (missed.isAll) for (const stream of all()) stream.reset()
    for (const change of missed.changes) tell(change)
  }
  const readAll = async (): Promise<void> => {
    while (isWaiting()) {
      const { ids, since } = waiting
      const until = listener.heardUntil()
      waiting = { ids: new Set(), since: null }
      if (since !== null) await readMissed(since)
      if (ids.size > 0) for (const change of await changesOf(runtime, [...ids])) tell(change)
      untold = isWaiting() ? until : null
    }
  }
  const read = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    try {
      await readAll()
    } catch (error) {
      // Their positions did not pass what could not be read: whoever comes back is told.
      runtime.log.warn({ error }, 'changes could not be read for the streams of callers')
      for (const stream of all()) stream.close()
      waiting = { ids: new Set(), since: null }
      untold = null
    } finally {
      isReading = false
    }
  }
  const lost = (): void => {
    losses += 1
    // A stream that has no position yet looks again by itself.
    const positions = all().flatMap((stream) => stream.position() ?? [])
    if (positions.length > 0) waiting.since = Math.min(waiting.since ?? Infinity, ...positions)
  }
  listener.subscribe((id) => {
    if (id === null) lost()
    else if (mayConcern(id)) waiting.ids.add(id)
    if (!isWaiting()) return
    untold ??= toldUntil()
    void read()
  })
  const mayConcern = (id: string) => {
    const owner = owners.get(id)
    return streams.size > 0 && (owner === undefined || streams.has(owner))
  }
  return { toldUntil, losses: () => losses }
}

/** The oldest go first; one that is forgotten is read once more. */
function keepOwner(owners: Map<string, string>, requestId: string, callerId: string): void {
  owners.delete(requestId)
  owners.set(requestId, callerId)
  for (const oldest of owners.keys()) {
    if (owners.size <= MOST_OWNERS) return
    owners.delete(oldest)
  }
}
