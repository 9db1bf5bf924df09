import type { JSONWebKeySet } from 'jose'
import type { Contract } from '../lib/core/contract/contract'
import { type VerifiedAllowToken, verifyAllowToken } from '../lib/core/token/verify-token'
import type { RequestAnswer } from '../lib/wire/request'
import type { RedeemAnswer, RedeemBody, TokenAnswer } from '../lib/wire/token'
import { CountersignError, TokenError, WaitTimeoutError } from './errors'
import { send, type TransportOptions } from './transport'

export interface CountersignOptions extends TransportOptions {
  /** Scope submit. Leave it out in a process that only runs actions. */
  agentKey?: string
  /** Scopes collect, redeem, report. Leave it out in the agent: it then can never collect. */
  runtimeKey?: string
  /** What this runtime is registered as; tokens for anybody else are refused. */
  audience?: string
}

export interface SubmitOptions {
  /** Names the run: the same key and contract is the same request, for ever. Made up when neither it nor `run_id` is given. */
  idempotencyKey?: string
  /** An earlier request that this one replaces. */
  supersedes?: string
  signal?: AbortSignal
}

export interface WaitOptions {
  signal?: AbortSignal
  timeoutMs?: number
  /** Told whenever the request is seen to have changed. */
  onUpdate?: (request: RequestAnswer) => void
}

const POLL_SECONDS = 25
const POLL_SLACK_MS = 10_000
const SECOND_MS = 1000

/** A client of one installation. Every call is safe to repeat. */
export class Countersign {
  readonly #options: CountersignOptions
  #jwks: JSONWebKeySet | null = null

  constructor(options: CountersignOptions) {
    this.#options = { ...options, url: new URL(options.url).origin }
  }

  /** Submits a contract. Read `state`: `released` (ALLOW), `open` (DEFER: wait for it) or `denied`. */
  request(contract: Contract, options: SubmitOptions = {}): Promise<RequestAnswer> {
    const runKey = options.idempotencyKey ?? contract.run_id ?? crypto.randomUUID()
    const query =
      options.supersedes === undefined
        ? ''
        : `?supersedes=${encodeURIComponent(options.supersedes)}`
    return send(this.#options, {
      method: 'POST',
      path: `/v1/requests${query}`,
      key: this.#agentKey(),
      body: contract,
      headers: { 'idempotency-key': runKey },
      signal: options.signal,
    })
  }

  get(requestId: string, options: { signal?: AbortSignal } = {}): Promise<RequestAnswer> {
    return this.#read(requestId, 0, options.signal)
  }

  /**
   * Waits by long-poll until the request is no longer open, through restarts of the server.
   * @throws WaitTimeoutError after `timeoutMs`; the request stays open
   */
  async waitFor(requestId: string, options: WaitOptions = {}): Promise<RequestAnswer> {
    const endsAt = performance.now() + (options.timeoutMs ?? Number.POSITIVE_INFINITY)
    let seen = ''
    for (let wait = 0; ; wait = POLL_SECONDS) {
      const leftMs = endsAt - performance.now()
      const seconds = Math.min(wait, Math.max(0, Math.ceil(leftMs / SECOND_MS)))
      const request = await this.#read(requestId, seconds, options.signal)
      const now = `${request.state} ${request.decision} ${JSON.stringify(request.requirements)}`
      if (now !== seen) options.onUpdate?.(request)
      seen = now
      if (request.state !== 'open') return request
      if (performance.now() >= endsAt) {
        throw new WaitTimeoutError('Still open after the time to wait', 'wait_timeout', requestId)
      }
    }
  }

  cancel(requestId: string, reason?: string): Promise<RequestAnswer> {
    const body = reason === undefined ? {} : { reason }
    return send(this.#options, {
      method: 'POST',
      path: `/v1/requests/${requestId}/cancel`,
      key: this.#agentKey(),
      body,
    })
  }

  /** The allow token of a released request. Keep it in memory. */
  collect(requestId: string, options: { signal?: AbortSignal } = {}): Promise<TokenAnswer> {
    return send(this.#options, {
      method: 'POST',
      path: `/v1/requests/${requestId}/token`,
      key: this.#runtimeKey(),
      signal: options.signal,
    })
  }

  /**
   * Verifies a token offline against the published keys. It tells a wrong token early; it authorises nothing: only an ok
   * from redeem does.
   * @throws TokenError
   */
  async verifyToken(token: string): Promise<VerifiedAllowToken> {
    const known = this.#jwks ?? (await this.#fetchKeys())
    let verified = await this.#verify(token, known)
    const isUnknownKey = !verified.ok && verified.refusal.meta?.['reason'] === 'unknown_key'
    if (isUnknownKey) verified = await this.#verify(token, await this.#fetchKeys())
    if (!verified.ok) {
      const detail = verified.refusal.detail ?? verified.refusal.code
      throw new TokenError(`The token does not verify: ${detail}`, verified.refusal.code)
    }
    return verified.value
  }

  /** The one consume of a grant: resolves only where the action may run now, once. Everything else throws. */
  async redeem(
    redemption: RedeemBody,
    options: { signal?: AbortSignal } = {},
  ): Promise<RedeemAnswer> {
    const answer: RedeemAnswer = await send(this.#options, {
      method: 'POST',
      path: '/v1/tokens/redeem',
      key: this.#runtimeKey(),
      body: redemption,
      signal: options.signal,
    })
    if (answer.ok !== true) {
      throw new CountersignError('Redeem did not say ok', 'unreadable_answer', answer.request_id)
    }
    return answer
  }

  report(
    requestId: string,
    outcome: 'succeeded' | 'failed' | 'rolled_back' | 'unknown',
    detail?: string,
  ): Promise<{ request_id: string; outcome: string }> {
    return send(this.#options, {
      method: 'POST',
      path: `/v1/requests/${requestId}/outcome`,
      key: this.#runtimeKey(),
      body: detail === undefined ? { outcome } : { outcome, detail },
    })
  }

  #read(requestId: string, wait: number, signal?: AbortSignal): Promise<RequestAnswer> {
    return send(this.#options, {
      method: 'GET',
      path: `/v1/requests/${encodeURIComponent(requestId)}?wait=${wait}`,
      key: this.#options.agentKey ?? this.#runtimeKey(),
      signal,
      timeoutMs: wait * SECOND_MS + POLL_SLACK_MS,
    })
  }

  #verify(token: string, jwks: JSONWebKeySet) {
    return verifyAllowToken(token, {
      jwks,
      issuer: this.#options.url,
      audience: this.#audience(),
      now: Date.now(),
      clockToleranceMs: 30 * SECOND_MS,
    })
  }

  async #fetchKeys(): Promise<JSONWebKeySet> {
    const jwks: JSONWebKeySet = await send(this.#options, {
      method: 'GET',
      path: '/.well-known/jwks.json',
      key: this.#runtimeKey(),
    })
    this.#jwks = jwks
    return jwks
  }

  #agentKey(): string {
    return need(this.#options.agentKey, 'agentKey')
  }

  #runtimeKey(): string {
    return need(this.#options.runtimeKey, 'runtimeKey')
  }

  #audience(): string {
    return need(this.#options.audience, 'audience')
  }
}

function need(value: string | undefined, name: string): string {
  if (value === undefined) throw new TypeError(`Countersign: this call needs the option ${name}`)
  return value
}
