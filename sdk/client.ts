import type { JSONWebKeySet } from 'jose'
import { canonical } from '../lib/core/contract/canonical'
import type { Contract } from '../lib/core/contract/contract'
import { type VerifiedAllowToken, verifyAllowToken } from '../lib/core/token/verify-token'
import type { RequestAnswer } from '../lib/wire/request'
import type { RedeemAnswer, RedeemBody, TokenAnswer } from '../lib/wire/token'
import { pause, startDeadline } from './deadline'
import { CountersignError, TokenError, WaitTimeoutError } from './errors'
import { type Call, send, type TransportOptions } from './transport'

export interface CountersignOptions extends TransportOptions {
  /** Scope submit. Leave it out in a process that only runs actions. */
  agentKey?: string
  /** Scopes collect, redeem, report. Leave it out in the agent: it then can never collect. */
  runtimeKey?: string
  /** What this runtime is registered as; tokens for anybody else are refused. */
  audience?: string
  /** Where this runtime acts, e.g. production. Left out, it redeems only tokens that name no environment. */
  environment?: string
  /** The `iss` of its tokens, where the installation is reached under another address than its public one. */
  issuer?: string
}

export interface CallOptions {
  signal?: AbortSignal
}

export interface SubmitOptions extends CallOptions {
  /** Names the run: the same key and contract is the same request, for ever. Made up when neither it nor `run_id` is given. */
  idempotencyKey?: string
  /** An earlier request that this one replaces. */
  supersedes?: string
}

export interface WaitOptions extends CallOptions {
  /** For ever when left out: a ticket has its own deadline. */
  timeoutMs?: number
  /** Told whenever the request is seen to have changed. */
  onUpdate?: (request: RequestAnswer) => void
}

/** What is about to run. */
export interface Redemption {
  token: string
  /** Exactly as in the contract; left out only where the contract has none. */
  arguments?: RedeemBody['arguments']
  /** The world as seen now: a value for each precondition, by name. */
  observed?: RedeemBody['observed']
  acknowledged_obligations?: RedeemBody['acknowledged_obligations']
  /** Where it is about to run; the client's `environment` when left out. */
  environment?: string | null
  /** At least 16 random characters that live in memory only. Made up when left out. */
  nonce?: string
}

export type Outcome = 'succeeded' | 'failed' | 'rolled_back' | 'unknown'

const POLL_SECONDS = 25
const POLL_SLACK_MS = 10_000
const SECOND_MS = 1000
/** As long as the server lets its JWKS be kept. */
const JWKS_MAX_AGE_MS = 300 * SECOND_MS
const CLOCK_TOLERANCE_MS = 30 * SECOND_MS
/** So many answers at once without news are fine: a vote is told before it is evaluated. Then something is wrong. */
const MOST_QUICK_ANSWERS = 10

/** A client of one installation. Every call may be repeated, and is, on faults of the connection. */
export class Countersign {
  readonly #options: CountersignOptions
  #jwks: { keys: JSONWebKeySet; fetchedAt: number } | null = null

  constructor(options: CountersignOptions) {
    this.#options = { ...options, url: new URL(options.url).origin }
  }

  /** As given to the constructor. */
  get environment(): string | null {
    return this.#options.environment ?? null
  }

  /**
   * Submits a contract. Read `state`: `released` (ALLOW), `open` (DEFER: wait for it) or `denied`.
   * @throws TypeError when the contract is not JSON: nothing is folded or dropped on the way
   */
  async request(contract: Contract, options: SubmitOptions = {}): Promise<RequestAnswer> {
    const runKey = options.idempotencyKey ?? contract.run_id ?? crypto.randomUUID()
    const { supersedes } = options
    const query = supersedes === undefined ? '' : `?supersedes=${encodeURIComponent(supersedes)}`
    return await this.#send({
      method: 'POST',
      path: `/v1/requests${query}`,
      key: this.#agentKey(),
      body: JSON.parse(canonical(contract)),
      headers: { 'idempotency-key': runKey },
      signal: options.signal,
    })
  }

  get(requestId: string, options: CallOptions = {}): Promise<RequestAnswer> {
    return this.#read(requestId, { waitSeconds: 0, signal: options.signal })
  }

  /**
   * Waits by long-poll until the request is no longer open, through restarts and outages of the server.
   * @throws WaitTimeoutError after `timeoutMs`; the request stays open
   */
  async waitFor(requestId: string, options: WaitOptions = {}): Promise<RequestAnswer> {
    const deadline = startDeadline(options.timeoutMs ?? null, options.signal)
    try {
      return await this.#untilClosed(requestId, deadline.signal, options.onUpdate)
    } catch (error) {
      if (!deadline.isOver() || options.signal?.aborted) throw error
      throw new WaitTimeoutError('Still open after the time to wait', 'wait_timeout', requestId)
    } finally {
      deadline.end()
    }
  }

  cancel(requestId: string, reason?: string, options: CallOptions = {}): Promise<RequestAnswer> {
    return this.#send({
      method: 'POST',
      path: `${pathOf(requestId)}/cancel`,
      key: this.#agentKey(),
      body: reason === undefined ? {} : { reason },
      signal: options.signal,
      requestId,
    })
  }

  /** The allow token of a released request. Keep it in memory. */
  collect(requestId: string, options: CallOptions = {}): Promise<TokenAnswer> {
    return this.#send({
      method: 'POST',
      path: `${pathOf(requestId)}/token`,
      key: this.#runtimeKey(),
      signal: options.signal,
      requestId,
    })
  }

  /**
   * Verifies a token against the published keys. It tells a wrong token early; it authorises nothing: only an ok from
   * redeem does.
   * @throws TokenError
   */
  async verifyToken(token: string, options: CallOptions = {}): Promise<VerifiedAllowToken> {
    const audience = need(this.#options.audience, 'audience')
    const known = this.#jwks
    const isFresh = known !== null && performance.now() - known.fetchedAt < JWKS_MAX_AGE_MS
    let verified = await this.#verify(
      token,
      audience,
      isFresh ? known.keys : await this.#fetchKeys(options),
    )
    const isUnknownKey = !verified.ok && verified.refusal.meta?.['reason'] === 'unknown_key'
    if (isFresh && isUnknownKey) {
      verified = await this.#verify(token, audience, await this.#fetchKeys(options))
    }
    if (verified.ok) return verified.value
    const { code, detail = code } = verified.refusal
    throw new TokenError(`The token does not verify: ${detail}`, code)
  }

  /**
   * The one consume of a grant: resolves only where the action may run now, once. Everything else throws. A lost answer is
   * asked for again with the same nonce, which gives the same ok for a minute.
   */
  async redeem(redemption: Redemption, options: CallOptions = {}): Promise<RedeemAnswer> {
    const requestId = subjectOf(redemption.token)
    const { arguments: args, environment = this.environment } = redemption
    const body: RedeemBody = {
      token: redemption.token,
      ...(args !== undefined && { arguments: args }),
      observed: redemption.observed ?? {},
      acknowledged_obligations: redemption.acknowledged_obligations ?? [],
      environment,
      nonce: redemption.nonce ?? crypto.randomUUID(),
    }
    const answer: RedeemAnswer = await this.#send({
      method: 'POST',
      path: '/v1/tokens/redeem',
      key: this.#runtimeKey(),
      body,
      signal: options.signal,
      requestId,
    })
    if (answer.ok !== true || answer.request_id !== requestId) {
      throw new CountersignError('Redeem did not say ok', 'unreadable_answer', requestId)
    }
    return answer
  }

  /** How the action ended. May be repeated; `unknown` may become known later, everything else is final. */
  report(
    requestId: string,
    outcome: Outcome,
    detail?: string,
    options: CallOptions & Pick<Call, 'maxTries' | 'timeoutMs'> = {},
  ): Promise<{ request_id: string; outcome: string }> {
    return this.#send({
      method: 'POST',
      path: `${pathOf(requestId)}/outcome`,
      key: this.#runtimeKey(),
      body: detail === undefined ? { outcome } : { outcome, detail },
      requestId,
      ...options,
    })
  }

  async #untilClosed(
    requestId: string,
    signal: AbortSignal,
    onUpdate: WaitOptions['onUpdate'],
  ): Promise<RequestAnswer> {
    let seen = ''
    let quickAnswers = 0
    for (let waitSeconds = 0; ; waitSeconds = POLL_SECONDS) {
      const askedAt = performance.now()
      // An outage ends the wait only when the caller's patience does.
      const maxTries = Number.POSITIVE_INFINITY
      const request = await this.#read(requestId, { waitSeconds, signal, maxTries })
      const news = `${request.state} ${request.decision} ${JSON.stringify(request.requirements)}`
      const isQuick = performance.now() - askedAt < SECOND_MS
      quickAnswers = isQuick && news === seen ? quickAnswers + 1 : 0
      if (news !== seen) onUpdate?.(request)
      seen = news
      if (request.state !== 'open') return request
      if (quickAnswers > MOST_QUICK_ANSWERS) await pause(SECOND_MS, signal)
    }
  }

  #read(
    requestId: string,
    poll: { waitSeconds: number } & Pick<Call, 'signal' | 'maxTries'>,
  ): Promise<RequestAnswer> {
    const { waitSeconds, ...options } = poll
    return this.#send({
      method: 'GET',
      path: `${pathOf(requestId)}?wait=${waitSeconds}`,
      key: this.#options.agentKey ?? this.#runtimeKey(),
      timeoutMs: waitSeconds * SECOND_MS + POLL_SLACK_MS,
      requestId,
      ...options,
    })
  }

  #send<T>(call: Call): Promise<T> {
    return send<T>(this.#options, call)
  }

  #verify(token: string, audience: string, jwks: JSONWebKeySet) {
    return verifyAllowToken(token, {
      jwks,
      issuer: this.#options.issuer ?? this.#options.url,
      audience,
      now: Date.now(),
      clockToleranceMs: CLOCK_TOLERANCE_MS,
    })
  }

  async #fetchKeys({ signal }: CallOptions): Promise<JSONWebKeySet> {
    const fetchedAt = performance.now()
    const path = '/.well-known/jwks.json'
    const keys: JSONWebKeySet = await this.#send({ method: 'GET', path, signal })
    if (!Array.isArray(keys.keys)) {
      throw new CountersignError('The published keys cannot be read', 'unreadable_answer')
    }
    this.#jwks = { keys, fetchedAt }
    return keys
  }

  #agentKey(): string {
    return need(this.#options.agentKey, 'agentKey')
  }

  #runtimeKey(): string {
    return need(this.#options.runtimeKey, 'runtimeKey')
  }
}

function pathOf(requestId: string): string {
  return `/v1/requests/${encodeURIComponent(requestId)}`
}

function need(value: string | undefined, name: string): string {
  if (value === undefined) throw new TypeError(`Countersign: this call needs the option ${name}`)
  return value
}

/** The request that a token says it is for. Unverified: it names what an error is about, nothing more. */
function subjectOf(token: string): string | undefined {
  try {
    const [, payload = ''] = token.split('.')
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/')
    const claims: unknown = JSON.parse(atob(base64))
    const isNamed = typeof claims === 'object' && claims !== null && 'sub' in claims
    return isNamed && typeof claims.sub === 'string' ? claims.sub : undefined
  } catch {
    // Not a token: the server says so.
    return undefined
  }
}
