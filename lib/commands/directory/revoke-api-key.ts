import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { actorOf } from './create-person'

/** Ends an API key: its next call is refused. */
export function revokeApiKey(
  runtime: Pick<Runtime, 'db' | 'now'>,
  input: { keyId: string; byPersonId: string | null },
): Promise<Result<undefined>> {
  return inTransaction(runtime.db, async (tx) => {
    const now = runtime.now()
    const key = await tx.apiKey.findUnique({ where: { id: input.keyId } })
    if (!key) return refuse('not_found')
    if (key.revokedAt !== null) return ok()
    await tx.apiKey.update({ where: { id: key.id }, data: { revokedAt: new Date(now) } })
    const event = {
      stream: `caller:${key.callerId}`,
      type: 'api_key.revoked',
      actor: actorOf(input.byPersonId),
      body: { key: key.id },
    }
    await appendEvents(tx, [event], now)
    return ok()
  })
}
