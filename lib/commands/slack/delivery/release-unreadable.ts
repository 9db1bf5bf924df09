import type { Sql } from '#lib/db/client'
import { loadHeld } from '#lib/db/load-held'
import { lockAnnouncements, releaseUnreadable as release } from '#lib/db/slack-announcements'
import { inTransaction } from '#lib/db/transaction'
import { contractOf } from '#lib/queries/held-facts'
import type { Runtime } from '#lib/runtime'
import { shareKey } from './share-key'

/**
 * Where the stored contract of a request cannot be read, nothing can be told of it: what told of it is emptied, and whoever
 * shared its card is told without it.
 * @returns whether it is such a request; false: whatever went wrong is not that
 */
export function releaseUnreadable(runtime: Runtime, requestId: string): Promise<boolean> {
  return inTransaction(runtime.db, async (tx) => {
    if ((await lockAnnouncements(tx, requestId)) === null) return false
    if (await isReadable(runtime, tx, requestId)) return false
    await release(tx, requestId)
    return true
  })
}

async function isReadable(
  { installation }: Pick<Runtime, 'installation'>,
  sql: Sql,
  requestId: string,
): Promise<boolean> {
  const rows = await loadHeld(sql, {
    requestId,
    groupNames: [],
    actingPersonId: null,
  })
  if (!rows) return true
  try {
    shareKey(rows.caller.id, contractOf(rows, installation.domain).contract)
    return true
  } catch {
    return false
  }
}
