import type { Sql } from './client'
import { CHANGED_CHANNEL } from './listen'

export interface Announcer {
  /** Tells every process that a request changed. Call it after the commit; returns at once and never fails. */
  announce(requestId: string): void
  /** Resolves when everything announced so far is told or given up. */
  settled(): Promise<void>
}

interface AnnounceLog {
  warn: (fields: object, message: string) => void
}

/** Ids told in one statement, most. */
const MOST_AT_ONCE = 500

/**
 * NOTIFY outside the transactions that changed something: inside, PostgreSQL lets only one of them commit at a time, for as
 * long as the disk takes. A process that dies in between leaves waiters to their poll's end and workers to their beat.
 */
export function createAnnouncer(sql: Sql, log: AnnounceLog): Announcer {
  const waiting = new Set<string>()
  let telling: Promise<void> | null = null

  const tellAll = async (): Promise<void> => {
    while (waiting.size > 0) {
      const ids = [...waiting].slice(0, MOST_AT_ONCE)
      for (const id of ids) waiting.delete(id)
      try {
        await sql.$queryRawUnsafe(
          `SELECT count(pg_notify('${CHANGED_CHANNEL}', id)::text) FROM unnest($1::text[]) AS id`,
          ids,
        )
      } catch (error) {
        log.warn({ error, count: ids.length }, 'changes could not be announced; pollers read again')
      }
    }
    telling = null
  }

  return {
    announce(requestId) {
      waiting.add(requestId)
      telling ??= tellAll()
    },
    settled: () => telling ?? Promise.resolve(),
  }
}
