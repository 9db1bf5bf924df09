import { type Result, refuse } from '#lib/core/result'
import type { TicketEvent } from '#lib/core/ticket/events'
import type { Tx } from '#lib/db/client'
import { lockRequest } from '#lib/db/load-held'
import type { WriteSet } from '#lib/db/rows'
import { saveChanges } from '#lib/db/save-changes'
import { lockTighten } from '#lib/db/tighten'
import { inTransaction } from '#lib/db/transaction'
import { type Picture, type ReadInput, readHeld } from '#lib/queries/read-held'
import type { Runtime } from '#lib/runtime'
import { type Particulars, project } from './project'

/** One request under its row lock. */
export interface Held extends Picture {
  tx: Tx
}

/** What a command wants written and said. Events of a refusal (a refused attempt) are written too. */
export interface Work<T> {
  result: Result<T>
  events: TicketEvent[]
  particulars?: Particulars
  /** Rows beyond the request's own, e.g. the insert of its successor. */
  also?: WriteSet[]
}

/**
 * The only way a command changes a request: lock its row, read everything, let `work` decide purely, write it all in one
 * statement, commit. Conflicts are retried from the lock on, so `work` may run more than once.
 */
export async function transact<T>(
  runtime: Runtime,
  input: ReadInput & {
    /** What it releases changes who may do what: it waits for other releases, and they for it. */
    isTightening?: true
  },
  work: (held: Held) => Work<T> | Promise<Work<T>>,
): Promise<Result<T>> {
  const changed = new Set<string>()
  const result = await inTransaction(runtime.db, async (tx) => {
    changed.clear()
    if (input.isTightening) await lockTighten(tx)
    if (!(await lockRequest(tx, input.requestId))) return refuse('not_found')
    const picture = await readHeld(runtime, tx, input)
    if (!picture) return refuse('not_found')
    const held: Held = { ...picture, tx }
    const { result, events, particulars = {}, also = [] } = await work(held)
    if (events.length > 0 || hasRows(particulars)) {
      const before = { ticket: held.ticket, head: held.rows.head, grantRow: held.rows.grant }
      await saveChanges(tx, project(before, events, particulars, held.now).changes)
      changed.add(input.requestId)
    }
    for (const changes of also) {
      await saveChanges(tx, changes)
      changed.add(changes.requestId)
    }
    return result
  })
  for (const requestId of changed) runtime.announce(requestId)
  return result
}

function hasRows(particulars: Particulars): boolean {
  return Boolean(particulars.evaluation ?? particulars.settled ?? particulars.supersededBy)
}
