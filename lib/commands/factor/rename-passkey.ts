import type { AuthRuntime } from '#lib/auth/runtime'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'

export interface RenamePasskeyInput {
  personId: string
  passkeyId: string
  name: string
}

/** A person calls a passkey of theirs something else. What it proves does not change, so it takes no factor. */
export function renamePasskey(
  runtime: Pick<AuthRuntime, 'db' | 'now'>,
  { personId, passkeyId, name }: RenamePasskeyInput,
): Promise<Result<undefined>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const where = { id: passkeyId, personId, revokedAt: null, name: { not: name } }
    const { count } = await tx.passkey.updateMany({ where, data: { name } })
    if (count === 0) {
      const there = await tx.passkey.count({ where: { id: passkeyId, personId, revokedAt: null } })
      return there === 0 ? refuse('not_found') : ok()
    }
    const event = {
      stream: `person:${personId}`,
      type: 'passkey.renamed',
      actor: { kind: 'person' as const, id: personId },
      body: { id: passkeyId, name },
    }
    await appendEvents(tx, [event], now)
    return ok()
  })
}
