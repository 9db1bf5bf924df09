import type { Json, JsonObject } from '../contract/json'
import type { Obligation } from '../policy/types'
import { ok, type Refused, type Result, refuse } from '../result'
import type { AllowClaims } from './claims'
import { firstDifference } from './json-difference'

/** What the runtime says in its redeem call: what it is about to run, and what it sees of the world. */
export type RedeemCall = {
  /** The arguments about to run, keyed by tool. */
  arguments?: JsonObject | undefined
  /** World state by precondition name. */
  observed: JsonObject
  acknowledgedObligations: readonly Obligation[]
  environment: string | null
}

/** What was signed: the frozen contract's parts that are compared here. */
export type BoundContract = {
  arguments?: JsonObject | undefined
  preconditions?: readonly { name: string; equals: Json }[] | undefined
}

/** The grant as read under the lock. */
export type CurrentGrant = {
  requestId: string
  contractDigest: string
  /** jti of the newest token collected. */
  jti: string | null
  /** Generation that the grant was made under. */
  grantGeneration: number
  /** Generation of the installation now. */
  generation: number
}

/**
 * Compares a redeem call with the verified claims, the grant and the contract. Pure; says nothing about policy, voters,
 * window or state of the grant. What says `leave` is checked before what says `burn`: somebody who holds an old token or
 * stands in the wrong place cannot burn a grant.
 * @returns refusal `unknown`, `old_generation`, `token_replaced`, `environment_mismatch`, `obligation_unknown` (leave),
 * `digest_mismatch` or `precondition_failed` (burn)
 */
export function checkRedemption(
  call: RedeemCall,
  claims: AllowClaims,
  grant: CurrentGrant,
  contract: BoundContract,
): Result<undefined> {
  return (
    checkToken(claims, grant) ??
    checkSurroundings(call, claims) ??
    checkAction(call, claims, grant, contract) ??
    ok()
  )
}

function checkToken(claims: AllowClaims, grant: CurrentGrant): Refused | undefined {
  if (claims.sub !== grant.requestId) return refuse('unknown')
  if (claims.gen !== grant.generation || grant.grantGeneration !== grant.generation) {
    return refuse('old_generation')
  }
  if (claims.jti !== grant.jti) return refuse('token_replaced')
  return undefined
}

function checkSurroundings(call: RedeemCall, claims: AllowClaims): Refused | undefined {
  if (call.environment !== claims.environment) return refuse('environment_mismatch')
  const missing = claims.obligations.filter(
    (obligation) => !call.acknowledgedObligations.some((one) => isSame(one, obligation)),
  )
  if (missing.length === 0) return undefined
  return refuse('obligation_unknown', { meta: { missing: missing.map(({ name }) => name) } })
}

function checkAction(
  call: RedeemCall,
  claims: AllowClaims,
  grant: CurrentGrant,
  contract: BoundContract,
): Refused | undefined {
  if (claims.contract_digest !== grant.contractDigest) return refuse('digest_mismatch')
  const path = firstDifference(contract.arguments, call.arguments, '/arguments')
  if (path !== undefined) {
    // The place only: a value may be a secret, and the refusal is logged and audited.
    const message = 'Differs from the signed contract.'
    return refuse('digest_mismatch', { fields: [{ path, message, code: 'digest_mismatch' }] })
  }
  const failed = (contract.preconditions ?? []).filter(
    ({ name, equals }) => !isObserved(call.observed, name, equals),
  )
  if (failed.length === 0) return undefined
  return refuse('precondition_failed', { meta: { failed: failed.map(({ name }) => name) } })
}

function isObserved(observed: JsonObject, name: string, equals: Json): boolean {
  return Object.hasOwn(observed, name) && firstDifference(equals, observed[name]) === undefined
}

function isSame(a: Obligation, b: Obligation): boolean {
  return a.name === b.name && a.value === b.value
}
