import type { DefaultJobOptions } from 'bullmq'
import type { QueueName } from './types'

/**
 * A worker that dies is noticed when its lock runs out (LOCK_MS after the last renewal) and a later check finds it so: at most
 * LOCK_MS + 2 × STALLED_CHECK_MS, so under ten seconds. Shorter locks would run a job twice whenever a machine hiccups.
 */
export const LOCK_MS = 5_000
export const STALLED_CHECK_MS = 2_000

/** Crashes that one job may cause or suffer before it is a dead letter. BullMQ's own 1 gives up on the second restart. */
export const MOST_CRASHES = 10

/** How long an idle worker blocks before it looks by itself; a missed wake-up costs no more. */
export const LONGEST_BLOCK_SECONDS = 5

/** Pause of a worker whose fetch failed. BullMQ pauses only for refused connections and would spin on any other error. */
export const FAILED_FETCH_PAUSE_MS = 1_000

export const RECONNECT_MS = { first: 100, longest: 2_000 } as const

/** A queue operation that takes longer has failed; the outbox offers the row again. */
export const OPERATION_TIMEOUT_MS = 5_000

/** How long a closing worker lets its running jobs finish. A job cut off here runs again elsewhere. */
export const DRAIN_MS = 25_000

/** How long closing connections may take once no job runs. */
export const GOODBYE_MS = 3_000

export const DEFAULT_CONCURRENCY = 8

/** 0.5 s doubling to about two minutes, each shortened by up to half at random: ten attempts take about four minutes. */
const EVALUATE_ATTEMPTS = 10
const FIRST_BACKOFF_MS = 500
const BACKOFF_JITTER = 0.5

/** Ticks come again by themselves: a few attempts, few dead letters. */
const CLOCK_ATTEMPTS = 3

const SHARED: DefaultJobOptions = {
  backoff: { type: 'exponential', delay: FIRST_BACKOFF_MS, jitter: BACKOFF_JITTER },
  // The id must be free again, else the next wake-up of the same name is dropped.
  removeOnComplete: true,
  stackTraceLimit: 0,
  sizeLimit: 1_024,
}

export const JOB_OPTIONS: Record<QueueName, DefaultJobOptions> = {
  evaluate: { ...SHARED, attempts: EVALUATE_ATTEMPTS, removeOnFail: { count: 10_000 } },
  notify: { ...SHARED, attempts: EVALUATE_ATTEMPTS, removeOnFail: { count: 10_000 } },
  // A delivery has a schedule of its own in PostgreSQL: a job only fails when that cannot be read or written.
  webhook: { ...SHARED, attempts: CLOCK_ATTEMPTS, removeOnFail: { count: 1_000 } },
  clock: { ...SHARED, attempts: CLOCK_ATTEMPTS, removeOnFail: { count: 100 } },
}
