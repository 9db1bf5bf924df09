import { setTimeout as delay } from 'node:timers/promises'
import type { Db, Tx } from './client'

const MOST_TRIES = 6
const FIRST_PAUSE_MS = 5
/** A command holds a row lock for milliseconds; a transaction this old is stuck, and giving up is safe: nothing is written. */
const TIMEOUT_MS = 10_000
const MAX_WAIT_MS = 10_000

/**
 * Runs `work` in one READ COMMITTED transaction and again when PostgreSQL reports a conflict, in whatever shape
 * Prisma reports it. `work` must therefore have no effect but through `tx`.
 */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return retryConflicts(() => db.$transaction(work, { timeout: TIMEOUT_MS, maxWait: MAX_WAIT_MS }))
}

/** Runs a statement that is a transaction of its own, and again when PostgreSQL reports a conflict. */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === MOST_TRIES || !isConflict(error)) throw error
      await delay(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()))
    }
  }
}

const CONFLICT_STATES = new Set(['40001', '40P01'])
const CONFLICT_PRISMA_CODES = new Set(['P2034'])
/** How deep an error's causes are followed. */
const MOST_CAUSES = 5

/** Serialization failure or deadlock: P2034, a raw-query error, or a driver adapter's error that has no code of its own. */
export function isConflict(error: unknown): boolean {
  return hasState(error, CONFLICT_STATES) || hasState(error, CONFLICT_PRISMA_CODES)
}

/** Unique violation (SQLSTATE 23505), in every shape; `constraint` narrows it by index name or column when the report holds one. */
export function isUniqueViolation(error: unknown): boolean {
  return hasState(error, new Set(['23505', 'P2002']))
}

/** Prisma's own codes, the driver's, and how Prisma's adapter names what it does not pass on. */
const UNAVAILABLE = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  // A standby after a failover, a statement or lock that was given up.
  '25006',
  '57014',
  '55P03',
])
/** SQLSTATE classes: connection exception, insufficient resources, operator intervention (shutting down, starting up). */
const UNAVAILABLE_CLASSES = /^(08|53|57P)/
/** What node-postgres says without any code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/

/** The database cannot be reached or is not taking work now: the call may be sent again. */
export function isUnavailable(error: unknown): boolean {
  return someCause(error, (cause) => isGone(cause) || statesOf(cause).some(isUnavailableState))
}

function isUnavailableState(state: string): boolean {
  return UNAVAILABLE.has(state) || UNAVAILABLE_CLASSES.test(state)
}

/** The server ended the session (FATAL), or the driver lost it. */
function isGone({ severity, message }: Cause): boolean {
  return severity === 'FATAL' || (typeof message === 'string' && UNAVAILABLE_MESSAGES.test(message))
}

function hasState(error: unknown, states: ReadonlySet<string>): boolean {
  return someCause(error, (cause) => statesOf(cause).some((state) => states.has(state)))
}

type Cause = Record<string, unknown>

/** Looks at an error, at what Prisma wrapped in it and at its causes. */
function someCause(error: unknown, is: (cause: Cause) => boolean): boolean {
  let current: unknown = error
  for (let depth = 0; depth < MOST_CAUSES && isRecord(current); depth++) {
    if (is(current)) return true
    const adapter = isRecord(current['meta']) ? current['meta']['driverAdapterError'] : undefined
    if (adapter !== undefined && someCause(adapter, is)) return true
    current = current['cause']
  }
  return false
}

function statesOf(error: Cause): string[] {
  const meta = isRecord(error['meta']) ? error['meta'] : {}
  return [error['code'], error['originalCode'], error['kind'], meta['code']].filter(
    (state): state is string => typeof state === 'string',
  )
}

function isRecord(value: unknown): value is Cause {
  return typeof value === 'object' && value !== null
}
