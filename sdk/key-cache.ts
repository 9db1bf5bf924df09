import { verifyAllowToken } from '../lib/core/token/verify-token'
import { abortable } from './deadline'
import { about, CountersignError, TokenError } from './errors'
import { send, type TransportOptions } from './transport'
import type { PublishedKeys, VerifiedToken } from './verified-token'

/** As long as the server lets its JWKS be kept. It publishes a new key for longer than that before it signs. */
const JWKS_MAX_AGE_MS = 300_000
/** Whoever sends tokens with made-up keys makes the verifier ask this often, not once a token. */
const MS_BETWEEN_MISSES = 10_000
const CLOCK_TOLERANCE_MS = 30_000

export interface Expected {
  issuer: string
  audience: string
}

interface VerifyOptions {
  signal?: AbortSignal | undefined
  /** The request that the token should be for: errors name it. */
  requestId?: string | undefined
}

interface Fetching {
  keys: Promise<PublishedKeys>
  controller: AbortController
  waiting: number
}

/** The keys of one installation, fetched when they are first needed and again for a key they do not know. */
export class KeyCache {
  readonly #options: TransportOptions
  #known: { keys: PublishedKeys; fetchedAt: number } | null = null
  #fetching: Fetching | null = null
  #missedAt = Number.NEGATIVE_INFINITY

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /** @throws TokenError, or what fetching the keys throws */
  async verify(
    token: string,
    expected: Expected,
    { signal, requestId }: VerifyOptions = {},
  ): Promise<VerifiedToken> {
    try {
      return orThrow(await this.#check(token, expected, signal))
    } catch (error) {
      throw about(error, requestId)
    }
  }

  async #check(token: string, expected: Expected, signal?: AbortSignal): Promise<Checked> {
    const known = this.#known
    const isFresh = known !== null && performance.now() - known.fetchedAt < JWKS_MAX_AGE_MS
    const check = (keys: PublishedKeys) => checkToken(token, keys, expected, Date.now())
    const checked = await check(isFresh ? known.keys : await this.#fetch(signal))
    if (!isFresh || !isUnknownKey(checked)) return checked
    const missedAt = performance.now()
    if (this.#fetching === null && missedAt - this.#missedAt < MS_BETWEEN_MISSES) return checked
    this.#missedAt = missedAt
    return await check(await this.#fetch(signal))
  }

  /** One fetch for all who need one now. It ends with the last of them: nobody's signal ends it for the others. */
  async #fetch(signal?: AbortSignal): Promise<PublishedKeys> {
    signal?.throwIfAborted()
    this.#fetching ??= this.#start()
    const fetching = this.#fetching
    fetching.waiting += 1
    try {
      return await abortable(fetching.keys, signal)
    } finally {
      fetching.waiting -= 1
      if (fetching.waiting === 0) {
        fetching.controller.abort()
        this.#fetching = null
      }
    }
  }

  #start(): Fetching {
    const controller = new AbortController()
    return { keys: this.#load(controller.signal), controller, waiting: 0 }
  }

  async #load(signal: AbortSignal): Promise<PublishedKeys> {
    const fetchedAt = performance.now()
    const path = '/.well-known/jwks.json'
    const keys = await send<PublishedKeys>(this.#options, { method: 'GET', path, signal })
    if (!Array.isArray(keys.keys) || !keys.keys.every(isObject)) {
      throw new CountersignError('The published keys cannot be read', 'unreadable_answer')
    }
    this.#known = { keys, fetchedAt }
    return keys
  }
}

type Checked = Awaited<ReturnType<typeof verifyAllowToken>>

export function checkToken(
  token: string,
  jwks: PublishedKeys,
  { issuer, audience }: Expected,
  now: number,
): Promise<Checked> {
  const clockToleranceMs = CLOCK_TOLERANCE_MS
  return verifyAllowToken(token, { jwks, issuer, audience, now, clockToleranceMs })
}

export function orThrow(checked: Checked): VerifiedToken {
  if (checked.ok) return checked.value
  const { code, detail = code } = checked.refusal
  throw new TokenError(`The token does not verify: ${detail}`, code)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isUnknownKey(checked: Checked): boolean {
  return !checked.ok && checked.refusal.meta?.['reason'] === 'unknown_key'
}
