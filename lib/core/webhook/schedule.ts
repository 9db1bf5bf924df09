import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../durations'

/**
 * How long after each attempt the next one is: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h (about 76 hours in
 * all). After the last the delivery is a dead letter, which somebody may replay.
 */
export const RETRY_AFTER_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const

export const MOST_ATTEMPTS = RETRY_AFTER_MS.length + 1

/** An endpoint at which nothing succeeded for so long is disabled. */
export const DISABLED_AFTER_MS = 5 * DAY_MS

/** Its owner hears of it once nothing succeeded for so long: by then it is no hiccup. */
export const TOLD_AFTER_MS = HOUR_MS

/** A receiver may ask for patience (`Retry-After`), but for no more than this. */
const LONGEST_PATIENCE_MS = DAY_MS

/**
 * When a delivery is tried again, in ms from now; null: never by itself.
 * @param attempts how many there were, the one that just failed included
 * @param retryAfterMs as the receiver asked; it can only make the wait longer
 */
export function nextAttemptInMs(attempts: number, retryAfterMs: number): number | null {
  const planned = RETRY_AFTER_MS[attempts - 1]
  if (planned === undefined) return null
  return Math.max(planned, Math.min(retryAfterMs, LONGEST_PATIENCE_MS))
}
