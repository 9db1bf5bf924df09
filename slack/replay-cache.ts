import { MINUTE_MS } from '#lib/core/durations'

export interface ReplayCache {
  /** @returns false where this id was taken before */
  take(id: string): boolean
}

/** A signature is believed for five minutes before and after now. */
const KEPT_MS = 11 * MINUTE_MS
const MOST_KEPT = 50_000

/** Answers for this process before the database does for all: the same bytes sent twice at once start nothing twice. */
export function createReplayCache(now: () => number): ReplayCache {
  const seen = new Map<string, number>()
  const forgetOld = () => {
    for (const [id, at] of seen) {
      if (at > now() - KEPT_MS && seen.size <= MOST_KEPT) return
      seen.delete(id)
    }
  }
  return {
    take(id) {
      if (seen.has(id)) return false
      seen.set(id, now())
      forgetOld()
      return true
    },
  }
}
