import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '#lib/log'
import { createWaiters, type WaitOptions, type WaitResult } from './waiters'

export interface ChangeListener {
  /**
   * Resolves `changed` when the request may have changed since the call, `timeout` after `timeoutMs` or when `signal` aborts.
   * Never rejects. Start it before you read, and no change is missed:
   *
   *     const change = listener.wait(id, { timeoutMs, signal })
   *     const before = await read(id)
   *     if (isNews(before)) return before
   *     return (await change) === 'changed' ? await read(id) : before
   */
  wait(requestId: string, options: WaitOptions): Promise<WaitResult>
  /** Told of each change; `null` means that changes may have been missed and everything shown must be read again. */
  subscribe(callback: ChangeCallback): () => void
  /** Resolves once changes are being heard. No reader needs it: whoever waits before that is woken then. */
  whenListening(): Promise<void>
  /**
   * ms of `performance.now()`: every change that was announced before was told. It lags by up to a heartbeat, and stands still
   * while there is no connection.
   */
  heardUntil(): number
  /** How many wait. */
  waitingCount(): number
  /** Aborts when the listener is closed: nothing will be told any more. */
  closed: AbortSignal
  /** Ends all waits with `timeout` and lets go of the connection. */
  close(): Promise<void>
}

export type ChangeCallback = (requestId: string | null) => void

export type ListenLog = Pick<Log, 'warn' | 'error'>

/** PostgreSQL channel on which every change of a request is told, with its id as payload. */
export const CHANGED_CHANNEL = 'countersign_changed'

const RECONNECT_MS = { first: 50, longest: 5_000 }
const CONNECT_TIMEOUT_MS = 5_000
/** A connection that died without a word is noticed by a query that gets no answer. */
const HEARTBEAT_MS = 15_000
const HEARTBEAT_TIMEOUT_MS = 5_000

/**
 * Hears of every changed request over one PostgreSQL connection, however many wait. Connects in the background and again after
 * each loss; then it wakes everybody, because what was said meanwhile is lost. Needs a direct connection or session pooling.
 */
export function createListener(connectionString: string, log: ListenLog): ChangeListener {
  const waiters = createWaiters()
  const callbacks = new Set<ChangeCallback>()
  const closing = new AbortController()
  // Each open answer waits for it.
  setMaxListeners(0, closing.signal)
  const listening = createLatch()
  let heardUntil = performance.now()

  const tell = (requestId: string | null): void => {
    if (requestId === null) waiters.wakeAll('changed')
    else waiters.wake(requestId)
    for (const callback of callbacks) {
      try {
        callback(requestId)
      } catch (error) {
        log.error({ err: error }, 'A subscriber to changes failed')
      }
    }
  }
  const keepListening = async (): Promise<void> => {
    let failures = 0
    const started = (since: number): void => {
      failures = 0
      listening.open()
      tell(null)
      heardUntil = since
    }
    const proved = (at: number): void => {
      heardUntil = at
    }
    while (!closing.signal.aborted) {
      try {
        await listenOnce(connectionString, closing.signal, { heard: tell, started, proved })
      } catch (error) {
        log.warn({ err: error }, 'Changes cannot be heard; connecting again')
      }
      listening.shut()
      await pause(failures++, closing.signal)
    }
  }
  const running = keepListening()

  return {
    wait: waiters.wait,
    subscribe: (callback) => {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    whenListening: listening.opened,
    heardUntil: () => heardUntil,
    waitingCount: waiters.count,
    closed: closing.signal,
    close: async () => {
      closing.abort()
      await running
      waiters.wakeAll('timeout')
      callbacks.clear()
    },
  }
}

interface Ears {
  heard: (requestId: string) => void
  started: (since: number) => void
  /** The connection was alive at that moment. */
  proved: (at: number) => void
}

/** Listens until `signal` aborts. Rejects when it cannot connect or the connection is lost. */
async function listenOnce(
  connectionString: string,
  signal: AbortSignal,
  { heard, started, proved }: Ears,
): Promise<void> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: HEARTBEAT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'countersign listener',
  })
  client.on('notification', ({ payload }) => {
    if (payload !== undefined) heard(payload)
  })
  const stop = new AbortController()
  const over = new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { signal: stop.signal })
    client.on('error', reject)
    client.on('end', () => reject(new Error('The connection was closed')))
    const beat = setInterval(() => {
      const at = performance.now()
      client.query('SELECT 1').then(() => proved(at), reject)
    }, HEARTBEAT_MS)
    stop.signal.addEventListener('abort', () => clearInterval(beat))
  })
  // A loss while connecting is reported by `connect` itself.
  over.catch(() => undefined)
  try {
    await client.connect()
    await client.query(`LISTEN ${CHANGED_CHANNEL}`)
    started(performance.now())
    await over
  } finally {
    stop.abort()
    await client.end().catch(() => undefined)
  }
}

/** A gate that many may wait at, opened and shut again. */
function createLatch() {
  let isOpen = false
  let waiting: (() => void)[] = []
  return {
    opened: (): Promise<void> =>
      isOpen ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    open: (): void => {
      isOpen = true
      for (const resolve of waiting) resolve()
      waiting = []
    },
    shut: (): void => {
      isOpen = false
    },
  }
}

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longestMs = Math.min(RECONNECT_MS.first * 2 ** Math.min(failures, 10), RECONNECT_MS.longest)
  // Rejects only when the listener is closed meanwhile.
  await delay(longestMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
}
