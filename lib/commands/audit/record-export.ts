import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { type AuditExportFormat, type AuditFilter, filterParams } from '#lib/wire/audit'

export interface RecordExportInput {
  personId: string
  format: AuditExportFormat
  /** Whole streams that verify offline, or entries by themselves. */
  kind: 'trail' | 'list'
  filter: AuditFilter
}

/** Who may look at the whole trail, and take it away. */
const READERS = ['admin', 'auditor']

/**
 * Writes into the trail that somebody takes entries of it away, before the first one is sent.
 * @returns refusal `forbidden` for whoever may not look at it
 */
export function recordExport(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  { personId, format, kind, filter }: RecordExportInput,
): Promise<Result<undefined>> {
  return inTransaction(db, async (tx) => {
    const person = await tx.person.findFirst({
      where: { id: personId, active: true, roles: { hasSome: READERS } },
      select: { id: true },
    })
    if (!person)
      return refuse('forbidden', { detail: 'The audit trail is for admins and auditors.' })
    const actor = { kind: 'person', id: personId } as const
    const body = { format, kind, filter: Object.fromEntries(filterParams(filter)) }
    await appendEvents(tx, [{ stream: 'installation', type: 'audit.exported', actor, body }], now())
    return ok()
  })
}
