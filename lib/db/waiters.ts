export type WaitResult = 'changed' | 'timeout'

export interface WaitOptions {
  timeoutMs: number
  signal?: AbortSignal
}

type Settle = (result: WaitResult) => void

export interface Waiters {
  /** Resolves when woken, or `timeout` after `timeoutMs` or when `signal` aborts. Never rejects, so it may be left alone. */
  wait(key: string, options: WaitOptions): Promise<WaitResult>
  wake(key: string): void
  wakeAll(result: WaitResult): void
  /** How many wait. */
  count(): number
}

/** Who waits for what, in this process. A waiter costs one timer and one entry, and is gone once settled. */
export function createWaiters(): Waiters {
  const byKey = new Map<string, Set<Settle>>()
  let count = 0

  const settleAll = (key: string, result: WaitResult): void => {
    for (const settle of byKey.get(key) ?? []) settle(result)
  }
  const add = (key: string, settle: Settle): void => {
    count += 1
    const settles = byKey.get(key)
    if (settles) settles.add(settle)
    else byKey.set(key, new Set([settle]))
  }
  const remove = (key: string, settle: Settle): void => {
    const settles = byKey.get(key)
    if (settles?.delete(settle)) count -= 1
    if (settles?.size === 0) byKey.delete(key)
  }
  return {
    count: () => count,
    wake: (key) => settleAll(key, 'changed'),
    wakeAll: (result) => {
      for (const key of [...byKey.keys()]) settleAll(key, result)
    },
    wait: (key, { timeoutMs, signal }) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve('timeout')
          return
        }
        const giveUp = (): void => settle('timeout')
        const timer = setTimeout(giveUp, timeoutMs)
        const settle: Settle = (result) => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', giveUp)
          remove(key, settle)
          resolve(result)
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        add(key, settle)
      }),
  }
}
