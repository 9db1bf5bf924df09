import { RateLimiterPrisma, RateLimiterRes } from 'rate-limiter-flexible'
import { clientOf } from '#lib/client-address'
import type { Config } from '#lib/config'
import { MINUTE_MS, SECOND_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Db } from '#lib/db/client'
import { waitWords } from '#lib/wire/wait-words'

/** What people can knock at before, or while, they prove who they are. */
export type Door =
  | 'link_page'
  | 'link'
  | 'mail_link'
  | 'passkey'
  | 'oidc'
  | 'recovery'
  | 'ceremony'
  | 'slack_link'
  | 'pass'

export interface Knock {
  door: Door
  /** The client's address. */
  address: string
  /** Whom or what it is about, told apart from others: a person, an e-mail address, the hash of a link. null: nobody yet. */
  target: string | null
}

export interface RateLimits {
  /**
   * Counts one knock, whether or not whom it is about exists.
   * @returns refusal `too_many_requests` with `meta.retry_after_seconds`
   * @throws when the database cannot be asked: nothing is let through uncounted
   */
  count(knock: Knock): Promise<Result<undefined>>
}

const WINDOW_MS = 5 * MINUTE_MS

interface TargetLimit {
  most: number
  /**
   * Whether a knock counts against its target wherever it comes from. Only where something could be guessed, or is spent: for
   * the rest a stranger could keep somebody out by knocking in their name.
   */
  isEverywhere: boolean
}

const TARGET_LIMITS: Record<Door, TargetLimit> = {
  link_page: { most: 30, isEverywhere: true },
  link: { most: 10, isEverywhere: true },
  // Wherever it is asked from, nobody's mailbox is filled. Other ways in, and the links in it, are not used up.
  mail_link: { most: 5, isEverywhere: true },
  passkey: { most: 15, isEverywhere: false },
  oidc: { most: 15, isEverywhere: false },
  recovery: { most: 5, isEverywhere: false },
  ceremony: { most: 40, isEverywhere: false },
  slack_link: { most: 15, isEverywhere: false },
  pass: { most: 15, isEverywhere: true },
}

/** Counts in the table `rate_limits`, so that they hold over all processes. The worker's clock sweeps what has ended. */
export function openRateLimits(db: Db, config: Pick<Config, 'signInPerAddress'>): RateLimits {
  const opened = new Map<string, RateLimiterPrisma>()
  const limiter = (name: string, points: number) => {
    const known = opened.get(name)
    if (known) return known
    const made = new RateLimiterPrisma({
      storeClient: db,
      tableName: 'rateLimit',
      keyPrefix: name,
      points,
      duration: WINDOW_MS / SECOND_MS,
      clearExpiredByTimeout: false,
      // A flood is answered from memory: whoever is over the limit costs the database nothing more.
      inMemoryBlockOnConsumed: points + 1,
    })
    opened.set(name, made)
    return made
  }
  return {
    count: async ({ door, address, target }) => {
      const client = clientOf(address)
      const byClient = await take(limiter(`${door}/client`, config.signInPerAddress), client)
      if (!byClient.ok || target === null) return byClient
      const { most, isEverywhere } = TARGET_LIMITS[door]
      const key = isEverywhere ? target : `${target}@${client}`
      return await take(limiter(`${door}/target`, most), key)
    },
  }
}

async function take(limiter: RateLimiterPrisma, key: string): Promise<Result<undefined>> {
  try {
    await limiter.consume(key)
    return ok()
  } catch (over) {
    // Anything else is a fault of the store, and is thrown: what cannot be counted is not let in.
    if (!(over instanceof RateLimiterRes)) throw over
    const seconds = Math.max(1, Math.ceil(over.msBeforeNext / SECOND_MS))
    const detail = `Too many attempts. Try again in ${waitWords(seconds)}.`
    return refuse('too_many_requests', { detail, meta: { retry_after_seconds: seconds } })
  }
}

const MOST_SWEPT = 500

/** Counts whose time is over say nothing any more. */
export async function forgetRateLimits(db: Db): Promise<void> {
  await db.$executeRaw`
    DELETE FROM rate_limits WHERE key IN (
      SELECT key FROM rate_limits WHERE expire < clock_timestamp() LIMIT ${MOST_SWEPT})`
}
