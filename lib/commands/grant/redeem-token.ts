import { createHash } from 'node:crypto'
import type { Obligation } from '#lib/core/policy/types'
import { type RedeemRefusalCode, type Refusal, refusalEntry } from '#lib/core/refusals'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import type { TicketEvent } from '#lib/core/ticket/events'
import { whyNotRun } from '#lib/core/ticket/may-run'
import { redeemChecks } from '#lib/core/ticket/redeem-checks'
import { transition } from '#lib/core/ticket/transition'
import type { RedeemChecks } from '#lib/core/ticket/types'
import { checkRedemption, type RedeemCall } from '#lib/core/token/redeem-check'
import { type VerifiedAllowToken, verifyAllowToken } from '#lib/core/token/verify-token'
import type { Runtime } from '#lib/runtime'
import { askForRequest } from '../request/ask-decision-points'
import { type Held, transact, type Work } from '../transact'

export interface RedeemInput {
  token: string
  call: RedeemCall
  /** Made by the runtime and kept in its memory only: a repeat with the same one within 60 s gets the same ok. */
  nonce: string
  callerId: string
  keyId: string
  /** The audience that the redeeming key's caller is registered for. */
  audience: string
}

export interface Redeemed {
  requestId: string
  redeemedAt: number
  /** true: this runtime had its ok before and asks again. */
  isReplay: boolean
}

/**
 * How far the clocks of two of our processes may be apart. It lengthens nothing: under the lock the database's clock alone
 * says whether the token is still good.
 */
const CLOCK_TOLERANCE_MS = 30_000

/**
 * The one atomic consume of a grant. Everything is checked again under the row lock: token, arguments, preconditions,
 * obligations, pinned and current policy, voters, window. Only this ok authorises execution.
 */
export async function redeemToken(runtime: Runtime, input: RedeemInput): Promise<Result<Redeemed>> {
  const verified = await verifyAllowToken(input.token, {
    jwks: await runtime.keys.jwks(),
    issuer: runtime.installation.domain,
    audience: input.audience,
    now: runtime.now(),
    clockToleranceMs: CLOCK_TOLERANCE_MS,
  })
  if (!verified.ok) return verified
  const requestId = verified.value.claims.sub
  await askForRequest(runtime, requestId)
  const redeemed = await transact(runtime, { requestId }, (held) =>
    redeem(held, input, verified.value),
  )
  if (redeemed.ok) return redeemed
  // Only what we have signed names a request: before it verified, nothing is said of any.
  const told = redeemed.refusal.code === 'not_found' ? refuse('unknown') : redeemed
  return { ok: false, refusal: { ...told.refusal, requestId } }
}

function redeem(held: Held, input: RedeemInput, token: VerifiedAllowToken): Work<Redeemed> {
  const misuse = misuseOf(held, input, token)
  // Policy may have moved on since a runtime got its ok: the very same call still gets it again within the minute.
  const isSpent = held.ticket.grant?.state === 'redeemed'
  const checked = misuse ?? (isSpent ? ok(null) : checkNow(held, input, token))
  const refusal = checked.ok ? null : checked
  const nonceHash = createHash('sha256').update(input.nonce, 'utf8').digest('hex')
  const moved = transition(
    held.ticket,
    {
      kind: 'redeem',
      actor: { kind: 'caller', id: input.callerId, keyId: input.keyId },
      jti: token.claims.jti,
      nonceHash,
      checks: checked.ok ? checked.value : null,
      refusal: refusal && withDisposition(refusal.refusal),
    },
    held.now,
  )
  if (!moved.ok) {
    const told = refusal && moved.refusal.code === refusal.refusal.code ? refusal : moved
    return { result: told, events: [refusedEvent(input, token, told.refusal)] }
  }
  const isDone = moved.value.some((event) => event.type === 'grant.redeemed')
  const isReplay = moved.value.length === 0 && refusal === null
  if (!isDone && !isReplay) return { result: refusal ?? refuse('unknown'), events: moved.value }
  const redeemedAt = isReplay ? (held.ticket.grant?.redeemedAt ?? held.now) : held.now
  return {
    result: ok({ requestId: held.ticket.requestId, redeemedAt, isReplay }),
    events: moved.value,
  }
}

/** Tries on a grant that is spent or gone are kept too: they are what an attack on a token looks like. */
function refusedEvent(
  input: RedeemInput,
  token: VerifiedAllowToken,
  refusal: Refusal,
): TicketEvent {
  return {
    type: 'redeem.refused',
    actor: { kind: 'caller', id: input.callerId, keyId: input.keyId },
    body: { jti: token.claims.jti, ...withDisposition(refusal) },
  }
}

function withDisposition(refusal: Refusal): {
  code: RedeemRefusalCode
  disposition: 'retry' | 'burn' | 'leave'
} {
  // A code without a disposition cannot come from the checks below; holding on to the grant is the safe reading of one.
  return {
    code: refusal.code as RedeemRefusalCode,
    disposition: refusalEntry(refusal.code).disposition ?? 'leave',
  }
}

/** Who asks, with which token, to run what, in which world: the first that does not fit. */
function misuseOf(held: Held, input: RedeemInput, token: VerifiedAllowToken): Refused | null {
  if (held.rows.caller.id !== input.callerId) return refuse('key_mismatch')
  if (!held.isIntact) return refuse('digest_mismatch')
  const { grant } = held.ticket
  if (!grant) return refuse('unknown')
  const checked = checkRedemption(
    input.call,
    token.claims,
    {
      requestId: held.ticket.requestId,
      contractDigest: held.facts.contractDigest,
      jti: grant.jti,
      grantGeneration: grant.generation,
      generation: held.rows.generation,
    },
    held.contract,
  )
  return checked.ok ? null : checked
}

/** Policy, people, window and decision points as they are now, and whether the token still says what they say. */
function checkNow(held: Held, input: RedeemInput, token: VerifiedAllowToken): Result<RedeemChecks> {
  if (held.policies.length === 0) return refuse('policy_unavailable')
  const evaluation = held.evaluateAt(held.now)
  const refusal = whyNotRun(evaluation)
  if (refusal) return refusal
  if (evaluation.environment !== token.claims.environment) return refuse('policy_tightened')
  const missing = evaluation.obligations.filter(
    (obligation) => !input.call.acknowledgedObligations.some((one) => isSame(one, obligation)),
  )
  if (missing.length > 0) {
    return refuse('obligation_unknown', { meta: { missing: missing.map(({ name }) => name) } })
  }
  const { facts, contract } = held
  const policies = held.policies.map(({ version }) => version)
  return ok(redeemChecks({ evaluation, facts, contract, claims: token.claims, policies }))
}

function isSame(a: Obligation, b: Obligation): boolean {
  return a.name === b.name && a.value === b.value
}
