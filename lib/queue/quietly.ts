import type { QueueLog } from './types'

const QUIET_MS = 10_000

/** An error listener that keeps the process alive and tells of an outage every ten seconds, not at every attempt. */
export function quietly(log: QueueLog, message: string): (error: unknown) => void {
  let quietUntil = Number.NEGATIVE_INFINITY
  let untold = 0
  return (error) => {
    const now = performance.now()
    if (now < quietUntil) {
      untold += 1
      return
    }
    log.warn({ err: error, untold }, message)
    quietUntil = now + QUIET_MS
    untold = 0
  }
}
