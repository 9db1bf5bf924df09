import { createApiKey } from '#lib/commands/directory/create-api-key'
import { createCaller } from '#lib/commands/directory/create-caller'
import { collectToken } from '#lib/commands/grant/collect-token'
import { type RedeemInput, redeemToken } from '#lib/commands/grant/redeem-token'
import { publishPolicy } from '#lib/commands/publish-policy'
import { reevaluate } from '#lib/commands/request/reevaluate'
import type { Contract } from '#lib/core/contract/contract'
import { defaultPack } from '#lib/policies/packs/default'
import { approve, attachPlan, must, submit, type World } from '../world'

/** Steps of the main loop that many promises start from. */

/** Everything that people give is there; no worker has looked yet. */
export async function readyToRelease(w: World, contract: Contract = w.contract): Promise<string> {
  const requestId = await submit(w, contract)
  await attachPlan(w, requestId, w.aiko)
  must(await approve(w, requestId, w.mara))
  return requestId
}

/** The seed's contract released by Aiko's plan and Mara's vote. */
export async function released(w: World, contract: Contract = w.contract): Promise<string> {
  const requestId = await readyToRelease(w, contract)
  const { grant } = await settled(w, requestId)
  if (grant === null) throw new Error('it was not released')
  return requestId
}

/** Evaluates the request as a worker would and tells where it stands. */
export async function settled(w: World, requestId: string) {
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
  return await standing(w, requestId)
}

export async function standing(w: World, requestId: string) {
  const { db } = w.runtime
  const request = await db.request.findUniqueOrThrow({ where: { id: requestId } })
  const grant = await db.grant.findUnique({ where: { requestId } })
  return { ...request, grant }
}

export async function collect(w: World, requestId: string): Promise<string> {
  const { keyId } = w.runtimeKey
  return must(await collectToken(w.runtime, { requestId, callerId: w.callerId, keyId })).token
}

/** What the enforcing runtime of the world's caller sends. */
export function redemption(
  w: World,
  token: string,
  changed: Partial<RedeemInput> = {},
): RedeemInput {
  return {
    token,
    call: { observed: {}, acknowledgedObligations: [], environment: 'production' },
    nonce: 'a nonce that lives in memory',
    callerId: w.callerId,
    keyId: w.runtimeKey.keyId,
    audience: 'deploy-runner',
    ...changed,
  }
}

/** The refusal's code, or `ok`. */
export async function redeem(w: World, token: string, changed: Partial<RedeemInput> = {}) {
  const redeemed = await redeemToken(w.runtime, redemption(w, token, changed))
  return redeemed.ok ? 'ok' : redeemed.refusal.code
}

export interface OtherCaller {
  callerId: string
  agent: { keyId: string; key: string }
  runtime: { keyId: string; key: string }
}

export async function anotherCaller(
  w: World,
  name: string,
  changed: { audience?: string; ownerId?: string } = {},
): Promise<OtherCaller> {
  const { callerId } = must(
    await createCaller(w.runtime, {
      name,
      kind: 'agent',
      ownerId: w.owner.id,
      roles: [],
      environments: ['production'],
      audience: 'deploy-runner',
      byPersonId: w.owner.id,
      ...changed,
    }),
  )
  const make = (kind: 'agent' | 'runtime') =>
    createApiKey(w.runtime, { callerId, kind, name: kind, byPersonId: w.owner.id })
  return { callerId, agent: must(await make('agent')), runtime: must(await make('runtime')) }
}

/** The policy the world starts with, as text to make stricter or stranger versions from. */
export const POLICY = defaultPack({ zone: 'Europe/Berlin', businessHours: 'always' })

export async function publish(w: World, source: string): Promise<string> {
  return must(await publishPolicy(w.runtime, { source, personId: null })).version
}

/** Changes rows as somebody with the superuser's password could, past every trigger. */
export async function tamper(w: World, statement: string, ...values: unknown[]): Promise<void> {
  const changed = await w.runtime.db.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica')
    return await tx.$executeRawUnsafe(statement, ...values)
  })
  if (changed === 0) throw new Error('nothing was changed')
}
