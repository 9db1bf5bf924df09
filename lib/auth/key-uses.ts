import type { Db } from '#lib/db/client'
import type { Log } from '#lib/log'

/** Longest that a use waits to be written. */
export const WRITTEN_WITHIN_MS = 60_000

/** When each key was used last, kept in memory and written now and then: no call waits for it. */
export interface KeyUses {
  note: (keyId: string) => void
  /** Writes what was noted so far, in one statement. Never throws: what could not be written is kept for the next time. */
  write: () => Promise<void>
  /** Writes the rest, and waits for it. */
  close: () => Promise<void>
}

// Rows are locked in one order, so that two processes that used the same keys never wait for each other in a ring.
const WRITE = `
WITH used AS (SELECT * FROM unnest($1::text[], $2::float8[]) AS used (id, at_ms)),
  locked AS (SELECT k.id FROM api_keys k JOIN used USING (id) ORDER BY k.id FOR NO KEY UPDATE OF k)
UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, to_timestamp(used.at_ms / 1000))
FROM locked JOIN used USING (id) WHERE k.id = locked.id`

export function createKeyUses(
  {
    db,
    log,
    now,
  }: { db: Pick<Db, '$executeRawUnsafe'>; log: Pick<Log, 'warn'>; now: () => number },
  withinMs = WRITTEN_WITHIN_MS,
): KeyUses {
  let uses = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()

  /** Once, however many are noted meanwhile; nothing stands still for it. */
  function due(): void {
    timer ??= setTimeout(() => void write(), withinMs).unref()
  }

  function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(writeNow)
    return writing
  }

  async function writeNow(): Promise<void> {
    if (uses.size === 0) return
    const taken = uses
    uses = new Map()
    try {
      await db.$executeRawUnsafe(WRITE, [...taken.keys()], [...taken.values()])
    } catch (error) {
      log.warn({ error }, 'when keys were used last could not be written')
      uses = new Map([...taken, ...uses])
      due()
    }
  }

  return {
    note: (keyId) => {
      uses.set(keyId, now())
      due()
    },
    write,
    close: async () => {
      await write()
      clearTimeout(timer)
    },
  }
}
