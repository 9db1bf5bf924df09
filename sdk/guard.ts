import type { Contract } from '../lib/core/contract/contract'
import type { Json } from '../lib/core/contract/json'
import type { RequestAnswer } from '../lib/wire/request'
import type { Countersign, SubmitOptions, WaitOptions } from './client'
import {
  AlreadyRedeemedError,
  CountersignError,
  endedError,
  UnknownObligationError,
} from './errors'

export interface Obligation {
  name: string
  value: string | number | boolean
}

export interface GuardOptions extends SubmitOptions, WaitOptions {
  /** Looks at the world right before redeeming: a value for each precondition of the contract, by name. */
  observe?: () => Promise<Record<string, Json>> | Record<string, Json>
  /** Whether this runtime will keep an obligation, e.g. `max_cost_usd`. Left out: it keeps none, and a token with one does not run. */
  keeps?: (obligation: Obligation) => boolean
}

export interface Guarded<T> {
  value: T
  request: RequestAnswer
}

/**
 * Request → wait → collect → verify → redeem → run → report. The function runs only after redeem said ok for exactly the
 * contract's arguments, and at most once for a run: started again for a run that was redeemed before, it reports
 * `unknown` and throws AlreadyRedeemedError. The outcome is reported also when the function throws.
 */
export async function guard<T>(
  client: Countersign,
  contract: Contract,
  run: (released: { obligations: Obligation[]; requestId: string }) => Promise<T> | T,
  options: GuardOptions = {},
): Promise<Guarded<T>> {
  const submitted = await client.request(contract, options)
  const request =
    submitted.state === 'open' ? await client.waitFor(submitted.request_id, options) : submitted
  const ended = endedError(request)
  if (ended) throw ended
  const requestId = request.request_id
  const obligations = await redeemOnce(client, contract, request, options)
  let value: T
  try {
    value = await run({ obligations, requestId })
  } catch (error) {
    await client.report(requestId, 'failed', textOf(error))
    throw error
  }
  await client.report(requestId, 'succeeded')
  return { value, request }
}

async function redeemOnce(
  client: Countersign,
  contract: Contract,
  request: RequestAnswer,
  options: GuardOptions,
): Promise<Obligation[]> {
  const requestId = request.request_id
  if (request.grant?.state === 'redeemed' || request.grant?.state === 'reported') {
    await reportUnknown(client, request)
    throw new AlreadyRedeemedError(alreadyRedeemed(requestId))
  }
  const { token } = await client.collect(requestId, options)
  const { claims } = await client.verifyToken(token)
  if (claims.sub !== requestId) {
    throw new CountersignError('The token is for another request', 'request_mismatch', requestId)
  }
  const unknown = claims.obligations.filter((obligation) => !(options.keeps?.(obligation) ?? false))
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(', ')
    throw new UnknownObligationError(
      `This runtime does not keep: ${names}`,
      'obligation_unknown',
      requestId,
    )
  }
  const observed = (await options.observe?.()) ?? {}
  await client.redeem({
    token,
    ...(contract.arguments !== undefined && { arguments: contract.arguments }),
    observed,
    acknowledged_obligations: claims.obligations,
    nonce: crypto.randomUUID(),
    environment: claims.environment,
  })
  return claims.obligations
}

/** An earlier process redeemed and was lost before it could say how it ended: nobody knows, and a human is told so. */
async function reportUnknown(client: Countersign, request: RequestAnswer): Promise<void> {
  if (request.grant?.state === 'reported') return
  await client.report(
    request.request_id,
    'unknown',
    'The runtime was restarted after it had redeemed.',
  )
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

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.slice(0, 1_000)
}
