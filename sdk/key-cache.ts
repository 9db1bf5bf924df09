import { verifyAllowToken } from '../lib/core/token/verify-token'
import { CountersignError, TokenError } from './errors'
import { send, type TransportOptions } from './transport'
import type { PublishedKeys, VerifiedToken } from './verified-token'

/** As long as the server lets its JWKS be kept. */
const JWKS_MAX_AGE_MS = 300_000
const CLOCK_TOLERANCE_MS = 30_000

export interface Expected {
  issuer: string
  audience: string
}

/** The keys of one installation, fetched when they are first needed and again for a key they do not know. */
export class KeyCache {
  readonly #options: TransportOptions
  #known: { keys: PublishedKeys; fetchedAt: number } | null = null

  constructor(options: TransportOptions) {
    this.#options = options
  }

  /** @throws TokenError, or what fetching the keys throws */
  async verify(token: string, expected: Expected, signal?: AbortSignal): Promise<VerifiedToken> {
    const known = this.#known
    const isFresh = known !== null && performance.now() - known.fetchedAt < JWKS_MAX_AGE_MS
    const check = (keys: PublishedKeys) => checkToken(token, keys, expected, Date.now())
    let checked = await check(isFresh ? known.keys : await this.#fetch(signal))
    if (isFresh && isUnknownKey(checked)) checked = await check(await this.#fetch(signal))
    return orThrow(checked)
  }

  async #fetch(signal?: AbortSignal): Promise<PublishedKeys> {
    const fetchedAt = performance.now()
    const path = '/.well-known/jwks.json'
    const keys = await send<PublishedKeys>(this.#options, { method: 'GET', path, signal })
    if (!Array.isArray(keys.keys)) {
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

function isUnknownKey(checked: Checked): boolean {
  return !checked.ok && checked.refusal.meta?.['reason'] === 'unknown_key'
}
