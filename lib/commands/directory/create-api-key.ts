import { KEY_SCOPES } from '#lib/auth/api-key'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import { type ApiKeyKind, generateApiKey } from '#lib/keys/hash-secret'
import type { Runtime } from '#lib/runtime'

export interface CreateApiKeyInput {
  callerId: string
  kind: ApiKeyKind
  name: string
  /** The human who makes it: one of those behind whatever it submits. */
  byPersonId: string
}

/** Makes an API key. The key itself is returned here, once, and kept nowhere. */
export function createApiKey(
  runtime: Pick<Runtime, 'db' | 'newId' | 'now'>,
  input: CreateApiKeyInput,
): Promise<Result<{ keyId: string; key: string }>> {
  const keyId = runtime.newId('key')
  const { key, hash, hint } = generateApiKey(input.kind)
  return inTransaction(runtime.db, async (tx) => {
    const caller = await tx.caller.findUnique({ where: { id: input.callerId } })
    if (!caller?.active) return refuse('not_found')
    const scopes = KEY_SCOPES[input.kind]
    await tx.apiKey.create({
      data: {
        id: keyId,
        callerId: input.callerId,
        name: input.name,
        secretHash: hash,
        hint,
        scopes,
        createdById: input.byPersonId,
      },
    })
    const event = {
      stream: `caller:${input.callerId}`,
      type: 'api_key.created',
      actor: { kind: 'person' as const, id: input.byPersonId },
      body: { key: keyId, hint, scopes },
    }
    await appendEvents(tx, [event], runtime.now())
    return ok({ keyId, key })
  })
}
