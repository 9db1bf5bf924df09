import { canonical } from '../lib/core/contract/canonical'
import type { Contract } from '../lib/core/contract/contract'
import type { Json } from '../lib/core/contract/json'
import type { AllowClaims } from '../lib/core/token/claims'
import type { Obligation, Outcome, ReleasedRequest, RequestAnswer } from './answers'
import type { Countersign } from './client'
import {
  ActionError,
  AlreadyRedeemedError,
  CountersignError,
  endedError,
  isClearNo,
  UnknownObligationError,
} from './errors'
import type { WaitOptions } from './options'
import { type ResumeOptions, submitOrResume } from './resume'
import { redact } from './secrets'

/** What the guarded function is given. Run exactly this: it is what was signed and redeemed. */
export interface Released {
  requestId: string
  /** The contract's arguments, frozen. */
  arguments: Contract['arguments']
  /** What this runtime said it keeps. */
  obligations: Obligation[]
}

export interface GuardOptions extends ResumeOptions, WaitOptions {
  /** Looks at the world right before redeeming: a value for each precondition of the contract, by name. */
  observe?: () => Promise<Record<string, Json>> | Record<string, Json>
  /** Whether this runtime will keep an obligation, e.g. `max_cost_usd`. Left out: it keeps none, and a token with one does not run. */
  keeps?: (obligation: Obligation) => boolean
}

export interface Guarded<T> {
  value: T
  request: ReleasedRequest
  /** Why the outcome could not be reported, though the action ran; null when it was. The server lists it for a human. */
  reportError: unknown
}

type Action<T> = (released: Released) => Promise<T> | T

const MOST_DETAIL_CHARS = 1_000
/** For a report on the way out, where the caller waits for an error. */
const LAST_WORD = { maxTries: 1, timeoutMs: 5_000 }

/**
 * Request → wait → collect → verify → redeem → run → report. The function runs only after redeem said ok for exactly the
 * contract's arguments, and at most once for a run: started again for a run that was redeemed before, it reports
 * `unknown` and throws AlreadyRedeemedError. The outcome is reported also when the function throws.
 *
 * The usual case is two processes. The agent's submits (`client.request`) and passes the contract and a handle (`handleOf`)
 * on; the runtime's, whose client holds the runtime key alone, guards with that `handle`.
 *
 * Name the run (`run_id`, `idempotencyKey`) or keep its handle (`store`), or a restart is a new request. The signal ends
 * everything up to the function; from there on it is the function's own.
 * @throws NotReleasedError and its kinds, RefusedError and its kinds, UnknownObligationError, TokenError, HandleError,
 * UnreachableError, WaitTimeoutError, or what the function threw
 */
export async function guard<T>(
  client: Countersign,
  contract: Contract,
  run: Action<T>,
  options: GuardOptions = {},
): Promise<Guarded<T>> {
  // Hours may pass until it runs: what the caller does to its object meanwhile must not reach what runs.
  const signed = frozenCopy(contract)
  const request = await released(client, await submitOrResume(client, signed, options), options)
  const obligations = await redeemOnce(client, signed, request, options)
  const requestId = request.request_id
  return await runOnce(client, request, () =>
    run({ requestId, arguments: signed.arguments, obligations }),
  )
}

async function released(
  client: Countersign,
  known: RequestAnswer,
  options: WaitOptions,
): Promise<ReleasedRequest> {
  const request = known.state === 'open' ? await client.waitFor(known.request_id, options) : known
  const ended = endedError(request)
  if (ended) throw ended
  if (request.state === 'released') return request
  throw new CountersignError('The request is not released', request.state, request.request_id)
}

async function redeemOnce(
  client: Countersign,
  contract: Contract,
  request: ReleasedRequest,
  options: GuardOptions,
): Promise<Obligation[]> {
  const requestId = request.request_id
  const { grant } = request
  if (grant.state === 'redeemed' || grant.state === 'reported') {
    await tellUnknown(client, requestId, 'The runtime was started again after it had redeemed.')
    throw new AlreadyRedeemedError(alreadyRedeemed(requestId))
  }
  const { token } = await client.collect(requestId, options)
  const { claims } = await client.verifyToken(token, { ...options, requestId })
  const fault =
    claimsFault(claims, request, contract, client.environment) ?? duty(claims, requestId, options)
  if (fault !== null) throw fault
  const redemption = {
    token,
    ...(contract.arguments !== undefined && { arguments: contract.arguments }),
    observed: (await options.observe?.()) ?? {},
    acknowledged_obligations: claims.obligations,
  }
  try {
    await client.redeem(redemption, options)
  } catch (error) {
    await tellIfUnsure(client, requestId, error)
    throw error
  }
  return claims.obligations
}

/** The token has to be for what was asked here, and for here. */
function claimsFault(
  claims: AllowClaims,
  request: ReleasedRequest,
  contract: Contract,
  environment: string | null,
): CountersignError | null {
  const fault = (message: string, code: string) =>
    new CountersignError(message, code, request.request_id)
  if (claims.sub !== request.request_id) {
    return fault('The token is for another request', 'request_mismatch')
  }
  if (claims.contract_digest !== request.contract_digest) {
    return fault('The token is for another contract', 'digest_mismatch')
  }
  // A runtime that was handed its contract learns here, before the grant is touched, that another was signed.
  if (canonical(claims.tools) !== canonical(contract.tools)) {
    return fault('The token is for other tools', 'digest_mismatch')
  }
  if (claims.environment === environment) return null
  const message = `The token is for environment ${claims.environment}, this runtime acts in ${environment}`
  return fault(message, 'environment_mismatch')
}

function duty(
  { obligations }: AllowClaims,
  requestId: string,
  { keeps }: GuardOptions,
): UnknownObligationError | null {
  const unknown = obligations.filter((obligation) => keeps?.(obligation) !== true)
  if (unknown.length === 0) return null
  const names = unknown.map(({ name }) => name).join(', ')
  const message = `This runtime does not keep: ${names}`
  return new UnknownObligationError(message, 'obligation_unknown', requestId)
}

async function runOnce<T>(
  client: Countersign,
  request: ReleasedRequest,
  run: () => Promise<T> | T,
): Promise<Guarded<T>> {
  const requestId = request.request_id
  let value: T
  try {
    value = await run()
  } catch (error) {
    // The caller has to hear what went wrong with the action, not with the report.
    await client.report(requestId, outcomeOf(error), textOf(error)).catch(() => undefined)
    throw error
  }
  const reportError: unknown = await client.report(requestId, 'succeeded').then(
    () => null,
    (error: unknown) => error,
  )
  return { value, request, reportError }
}

/**
 * A redemption that ended without a clear no may have happened: its nonce is lost with this call, so nobody will run it,
 * and a human has to know. The same when it was redeemed before, by a process that may be gone.
 */
async function tellIfUnsure(client: Countersign, requestId: string, error: unknown): Promise<void> {
  if (error instanceof AlreadyRedeemedError) {
    const detail =
      'It had been redeemed, by another process or by a try whose answer came too late.'
    await tellUnknown(client, requestId, detail)
  } else if (!isClearNo(error)) {
    await tellUnknown(client, requestId, 'The answer to redeem was lost. This process ran nothing.')
  }
}

/** Where the outcome is known, or nothing was redeemed, the server refuses this, and that is fine. */
async function tellUnknown(client: Countersign, requestId: string, detail: string): Promise<void> {
  const unknown: Outcome = 'unknown'
  await client.report(requestId, unknown, detail, LAST_WORD).catch(() => undefined)
}

function alreadyRedeemed(requestId: string) {
  return {
    type: 'urn:countersign:problem:already_redeemed',
    title: 'Already redeemed',
    status: 409,
    detail: 'This run was redeemed before. It is not run again.',
    code: 'already_redeemed',
    request_id: requestId,
    disposition: 'leave' as const,
  }
}

/** @throws TypeError when it is not JSON: what would be folded on the way could not be what was signed */
function frozenCopy(contract: Contract): Contract {
  return freeze(JSON.parse(canonical(contract)) as Contract)
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze)
    Object.freeze(value)
  }
  return value
}

/** Whoever throws did not succeed, whatever the error says. */
function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ActionError)) return 'failed'
  const isKnown = error.outcome === 'failed' || error.outcome === 'rolled_back'
  return isKnown ? error.outcome : 'unknown'
}

/** Without keys and tokens, and what the server could not store: NUL, and halves of a surrogate pair such as a cut leaves. */
function textOf(error: unknown): string {
  return redact(told(error))
    .slice(0, MOST_DETAIL_CHARS)
    .replaceAll(/\0|\p{Cs}/gu, '\ufffd')
}

/** Anything may be thrown, also what makes no text. */
function told(error: unknown): string {
  try {
    const message: unknown = error instanceof Error ? error.message : error
    return String(message)
  } catch {
    return 'It threw something that says nothing.'
  }
}
