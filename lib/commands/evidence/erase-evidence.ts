import { isJsonObject, type Json } from '#lib/core/contract/json'
import { ok, type Result, refuse } from '#lib/core/result'
import { eraseEvidence as erasing } from '#lib/core/ticket/evidence-commands'
import { eraseEvidenceBody } from '#lib/db/files'
import type { Runtime } from '#lib/runtime'
import { ticketReason } from '#lib/wire/vote'
import { transact } from '../transact'

export interface Erased {
  requestId: string
  /** Other items that name the same file: its bytes are kept for them. */
  keptFor: string[]
}

/**
 * Erases what an item says, and a file's bytes when no other item names them. The hash stays, so votes and the trail still
 * verify; while the request is held, the item counts no longer and whoever signed with it is asked again.
 * @returns refusal `not_found`, `invalid_body` (no reason) or `already_decided` (erased before)
 */
export async function eraseEvidence(
  runtime: Runtime,
  { evidenceId, reason }: { evidenceId: string; reason: string },
): Promise<Result<Erased>> {
  const why = ticketReason.safeParse(reason)
  if (!why.success)
    return refuse('invalid_body', { detail: 'Give a reason of up to 500 characters.' })
  const item = await runtime.db.evidence.findUnique({
    where: { id: evidenceId },
    select: { requestId: true },
  })
  if (!item) return refuse('not_found', { detail: `There is no evidence ${evidenceId}.` })
  const { requestId } = item
  return await transact(runtime, { requestId }, async ({ ticket, tx }) => {
    const row = await tx.evidence.findUniqueOrThrow({
      where: { id: evidenceId },
      select: { type: true, body: true },
    })
    if (row.body === null) return { result: refuse('already_decided', ERASED_BEFORE), events: [] }
    const moved = erasing(ticket, { evidenceId, reason: why.data })
    if (!moved.ok) return { result: moved, events: [] }
    const fileSha256 = row.type === 'attachment' ? hashIn(row.body as Json) : null
    const keptFor = await eraseEvidenceBody(tx, { evidenceId, fileSha256 })
    return { result: ok({ requestId, keptFor }), events: moved.value }
  })
}

const ERASED_BEFORE = { detail: 'It was erased before.' }

function hashIn(body: Json): string | null {
  const sha256 = isJsonObject(body) ? body['sha256'] : null
  return typeof sha256 === 'string' ? sha256 : null
}
