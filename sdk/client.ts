import { canonical } from '../lib/core/contract/canonical'
import type { Contract } from '../lib/core/contract/contract'
import type {
  CancelledRequest,
  EvidenceAnswer,
  Outcome,
  OutcomeAnswer,
  RedeemAnswer,
  RequestAnswer,
  RequestState,
  SettledRequest,
  TokenAnswer,
} from './answers'
import { pause, startDeadline } from './deadline'
import { ClosedError, CountersignError, WaitTimeoutError } from './errors'
import type { Evidence } from './evidence'
import { KeyCache } from './key-cache'
import { createListing, type Listing, type ListOptions } from './listing'
import type {
  CallOptions,
  CountersignOptions,
  Redemption,
  SubmitOptions,
  WaitOptions,
} from './options'
import { readRequest, readToken } from './read-answer'
import { checkKey } from './secrets'
import { type Call, send } from './transport'
import type { VerifiedToken } from './verified-token'
import { type HeadersLike, type WebhookEvent, webhooks } from './webhooks'

const POLL_SECONDS = 25
const POLL_SLACK_MS = 10_000
const SECOND_MS = 1000
const HOUR_MS = 3_600_000
/** So many answers at once without news are fine: a vote is told before it is evaluated. Then something is wrong. */
const MOST_QUICK_ANSWERS = 10

/** A client of one installation. Every call may be repeated, and is, on faults of the connection. */
export class Countersign {
  readonly #options: CountersignOptions
  readonly #keys: KeyCache

  /** @throws TypeError when the address is none, or a key holds what no key does, such as a line break */
  constructor(options: CountersignOptions) {
    checkKey(options.agentKey, 'agentKey')
    checkKey(options.runtimeKey, 'runtimeKey')
    this.#options = { ...options, url: new URL(options.url).origin }
    this.#keys = new KeyCache(this.#options)
  }

  /** As given to the constructor. */
  get environment(): string | null {
    return this.#options.environment ?? null
  }

  /** Whether it holds a key that may submit. */
  get canSubmit(): boolean {
    return this.#options.agentKey !== undefined
  }

  readonly webhooks = {
    /**
     * The event of a delivery, once its signature has been found right and recent, under the client's `webhookSecret`.
     * @param rawBody the bytes as they came
     * @throws WebhookError
     */
    unwrap: (rawBody: string | Uint8Array, headers: HeadersLike): WebhookEvent => {
      const secret = need(this.#options.webhookSecret, 'webhookSecret')
      return webhooks.unwrap(rawBody, headers, { secret })
    },
  }

  /**
   * Submits a contract. Read `state`: `released` (ALLOW), `open` (DEFER: wait for it) or `denied`.
   * @throws TypeError when the contract is not JSON: nothing is folded or dropped on the way
   */
  async request(contract: Contract, options: SubmitOptions = {}): Promise<RequestAnswer> {
    const runKey = options.idempotencyKey ?? contract.run_id ?? crypto.randomUUID()
    const { supersedes } = options
    const query = supersedes === undefined ? '' : `?supersedes=${encodeURIComponent(supersedes)}`
    const answer: RequestAnswer = await this.#send({
      method: 'POST',
      path: `/v1/requests${query}`,
      key: this.#agentKey(),
      body: JSON.parse(canonical(contract)),
      headers: { 'idempotency-key': runKey },
      signal: options.signal,
    })
    return readRequest(answer)
  }

  get(requestId: string, options: CallOptions = {}): Promise<RequestAnswer> {
    return this.#read(requestId, { waitSeconds: 0, signal: options.signal })
  }

  /** This caller's requests, newest first: `for await (const request of client.list({ state: 'open' }))`. */
  list<State extends RequestState = RequestState>(
    options: ListOptions<State> = {},
  ): Listing<State> {
    return createListing(options, (query, signal) =>
      this.#send({ method: 'GET', path: `/v1/requests${query}`, key: this.#agentKey(), signal }),
    )
  }

  /**
   * Waits by long-poll until the request is no longer open, through restarts and outages of the server.
   * @throws WaitTimeoutError after `timeoutMs`; the request stays open
   */
  async waitFor(requestId: string, options: WaitOptions = {}): Promise<SettledRequest> {
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

  /**
   * Takes an open request back. One that is cancelled already is that: the answer to an earlier try may have been lost.
   * @throws ClosedError when it ended in another way
   */
  async cancel(
    requestId: string,
    reason?: string,
    options: CallOptions = {},
  ): Promise<CancelledRequest> {
    try {
      const answer: CancelledRequest = await this.#send({
        method: 'POST',
        path: `${pathOf(requestId)}/cancel`,
        key: this.#agentKey(),
        body: reason === undefined ? {} : { reason },
        signal: options.signal,
        requestId,
      })
      return readRequest(answer, requestId)
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error
      const request = await this.get(requestId, options)
      if (request.state === 'cancelled') return request
      throw error
    }
  }

  /**
   * Attaches the caller's own evidence, where the policy takes that type from callers. The same again within a quarter of an
   * hour is the same item.
   * @throws RefusedError `evidence_not_allowed`, `evidence_invalid`, or ClosedError
   */
  addEvidence(
    requestId: string,
    evidence: Evidence,
    options: CallOptions = {},
  ): Promise<EvidenceAnswer> {
    return this.#send({
      method: 'POST',
      path: `${pathOf(requestId)}/evidence`,
      key: this.#agentKey(),
      body: evidence,
      signal: options.signal,
      requestId,
    })
  }

  /** The allow token of a released request. Keep it in memory. */
  async collect(requestId: string, options: CallOptions = {}): Promise<TokenAnswer> {
    const answer: TokenAnswer = await this.#send({
      method: 'POST',
      path: `${pathOf(requestId)}/token`,
      key: this.#runtimeKey(),
      signal: options.signal,
      requestId,
    })
    return readToken(answer, requestId)
  }

  /**
   * Verifies a token against the published keys. It tells a wrong token early; it authorises nothing: only an ok from
   * redeem does.
   * @param options `requestId`: the request that the token should be for, which errors name; what the token says when left out
   * @throws TokenError
   */
  async verifyToken(
    token: string,
    options: CallOptions & { requestId?: string } = {},
  ): Promise<VerifiedToken> {
    const audience = need(this.#options.audience, 'audience')
    const issuer = this.#options.issuer ?? this.#options.url
    const { signal, requestId = subjectOf(token) } = options
    return await this.#keys.verify(token, { issuer, audience }, { signal, requestId })
  }

  /**
   * The one consume of a grant: resolves only where the action may run now, once. Everything else throws. A lost answer is
   * asked for again with the same nonce, which gives the same ok for a minute.
   */
  async redeem(redemption: Redemption, options: CallOptions = {}): Promise<RedeemAnswer> {
    const requestId = subjectOf(redemption.token)
    const { arguments: args, environment = this.environment } = redemption
    const body = {
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
    if (answer.ok !== true || requestId === undefined || answer.request_id !== requestId) {
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
  ): Promise<OutcomeAnswer> {
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
  ): Promise<SettledRequest> {
    let seen = ''
    let quickAnswers = 0
    for (let waitSeconds = 0; ; waitSeconds = POLL_SECONDS) {
      const askedAt = performance.now()
      // An outage ends the wait only when the caller's patience does.
      const patience = { maxTries: Number.POSITIVE_INFINITY, longestRetryAfterMs: HOUR_MS }
      const request = await this.#read(requestId, { waitSeconds, signal, ...patience })
      const news = `${request.state} ${request.decision} ${JSON.stringify(request.requirements)}`
      const isQuick = performance.now() - askedAt < SECOND_MS
      quickAnswers = isQuick && news === seen ? quickAnswers + 1 : 0
      if (news !== seen) onUpdate?.(request)
      seen = news
      if (request.state !== 'open') return request
      if (quickAnswers > MOST_QUICK_ANSWERS) await pause(SECOND_MS, signal)
    }
  }

  async #read(
    requestId: string,
    poll: { waitSeconds: number } & Pick<Call, 'signal' | 'maxTries' | 'longestRetryAfterMs'>,
  ): Promise<RequestAnswer> {
    const { waitSeconds, ...options } = poll
    const answer: RequestAnswer = await this.#send({
      method: 'GET',
      path: `${pathOf(requestId)}?wait=${waitSeconds}`,
      key: this.#options.agentKey ?? this.#runtimeKey(),
      timeoutMs: waitSeconds * SECOND_MS + POLL_SLACK_MS,
      requestId,
      ...options,
    })
    return readRequest(answer, requestId)
  }

  #send<T>(call: Call): Promise<T> {
    return send<T>(this.#options, call)
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

function need<T>(value: T | undefined, name: string): T {
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
