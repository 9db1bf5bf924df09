import { DAY_MS } from '#lib/core/durations'
import { ok, type Result } from '#lib/core/result'
import { webhookSecret } from '#lib/core/webhook/signature'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { sealed } from './create-endpoint'
import { endpointEvent, managedEndpoint } from './may-manage'

export const OVERLAP_MS = DAY_MS
const SECRET_BYTES = 32

/**
 * Gives an endpoint a new secret. For a day deliveries are signed with both, so that the receiver can change over; a secret that
 * leaked is ended at once instead.
 * @returns refusal `not_found`
 */
export function rotateSecret(
  runtime: Pick<Runtime, 'db' | 'now' | 'randomBytes' | 'sealer'>,
  input: { endpointId: string; personId: string; endsOldAtOnce: boolean },
): Promise<Result<{ secret: string; oldEndsAt: number }>> {
  const { endpointId, personId, endsOldAtOnce } = input
  const secret = webhookSecret(runtime.randomBytes(SECRET_BYTES))
  return inTransaction(runtime.db, async (tx) => {
    const endpoint = await managedEndpoint(tx, { endpointId, personId })
    if (!endpoint.ok) return endpoint
    const now = runtime.now()
    const oldEndsAt = endsOldAtOnce ? now : now + OVERLAP_MS
    await tx.webhookEndpoint.update({
      where: { id: endpointId },
      data: {
        sealedSecret: sealed(runtime, endpointId, secret),
        sealedOldSecret: endsOldAtOnce ? null : endpoint.value.sealedSecret,
        oldSecretEndsAt: endsOldAtOnce ? null : new Date(oldEndsAt),
      },
    })
    const event = endpointEvent(endpoint.value, 'webhook.secret_rotated', personId, {
      old_ends_at: new Date(oldEndsAt).toISOString(),
    })
    await appendEvents(tx, [event], now)
    return ok({ secret, oldEndsAt })
  })
}
