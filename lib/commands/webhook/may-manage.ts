import type { JsonObject } from '#lib/core/contract/json'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'

export interface ManagedEndpoint {
  id: string
  callerId: string
  url: string
  description: string
  eventTypes: string[]
  state: string
  sealedSecret: string
}

/** Who owns the caller, and admins, say where its events go. Whoever may not does not learn that it exists. */
export async function mayManageCaller(
  tx: Tx,
  { callerId, personId }: { callerId: string; personId: string },
): Promise<Result<undefined>> {
  const caller = await tx.caller.findFirst({
    where: { id: callerId, active: true, kind: { not: 'console' } },
    select: { ownerId: true },
  })
  const person = await tx.person.findFirst({
    where: { id: personId, active: true },
    select: { id: true, roles: true },
  })
  const isManager =
    caller && person && (person.id === caller.ownerId || person.roles.includes('admin'))
  return isManager ? ok() : refuse('not_found')
}

/**
 * The endpoint, its row locked, for somebody who may change it. One that was removed is gone. The lock lets events be queued
 * for it meanwhile: nobody's vote or redemption waits for a replay.
 */
export async function managedEndpoint(
  tx: Tx,
  { endpointId, personId }: { endpointId: string; personId: string },
): Promise<Result<ManagedEndpoint>> {
  await tx.$queryRaw`SELECT 1 AS locked FROM webhook_endpoints WHERE id = ${endpointId} FOR NO KEY UPDATE`
  const endpoint = await tx.webhookEndpoint.findFirst({
    where: { id: endpointId, state: { not: 'removed' } },
    select: {
      id: true,
      callerId: true,
      url: true,
      description: true,
      eventTypes: true,
      state: true,
      sealedSecret: true,
    },
  })
  if (!endpoint) return refuse('not_found')
  const may = await mayManageCaller(tx, { callerId: endpoint.callerId, personId })
  return may.ok ? ok(endpoint) : may
}

/** What somebody did to an endpoint, as an audit entry of its caller. It holds the host alone: an address may hold a secret. */
export function endpointEvent(
  { id, callerId, url }: Pick<ManagedEndpoint, 'id' | 'callerId' | 'url'>,
  type: string,
  personId: string,
  body: JsonObject = {},
) {
  return {
    stream: `caller:${callerId}`,
    type,
    actor: { kind: 'person' as const, id: personId },
    body: { endpoint: id, host: new URL(url).host, ...body },
  }
}
