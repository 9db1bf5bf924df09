/** Longest that timers take (2^31 - 1 ms, 24 days). */
const LONGEST_TIMER_MS = 2_147_483_647

export interface Deadline {
  /** Aborts when the time is up or the outer signal aborts. */
  signal: AbortSignal
  /** Whether it was the time. */
  isOver: () => boolean
  /** Lets go of the timer and of the outer signal. */
  end: () => void
}

/**
 * A signal with a time limit. Not made of AbortSignal.timeout and AbortSignal.any, because Node 20 may collect the two as
 * garbage before they fire, and because a signal that outlives many calls must not gather their listeners.
 * @param ms null = no limit
 */
export function startDeadline(ms: number | null, outer?: AbortSignal): Deadline {
  const controller = new AbortController()
  let isOver = false
  const giveUp = () => {
    isOver = true
    controller.abort(new DOMException('The time is up', 'TimeoutError'))
  }
  const follow = () => controller.abort(outer?.reason)
  const timer =
    ms === null ? undefined : setTimeout(giveUp, Math.min(Math.max(0, ms), LONGEST_TIMER_MS))
  if (outer?.aborted) follow()
  else outer?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    isOver: () => isOver,
    end: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', follow)
    },
  }
}

/** Waits, or rejects with the signal's reason at once. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

/** What the promise gives, or the signal's reason as soon as it aborts. The work behind the promise goes on. */
export function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
