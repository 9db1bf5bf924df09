import type { Log } from '#lib/log'

export const QUEUE_NAMES = ['evaluate', 'notify', 'webhook', 'clock'] as const

export type QueueName = (typeof QUEUE_NAMES)[number]

/** What a job carries: ids, nothing else. All that matters is read from PostgreSQL by whoever wakes up. */
export interface JobData {
  evaluate: { requestId: string; outboxId: string }
  notify: { requestId: string; outboxId: string }
  webhook: { deliveryId: string }
  /** What is due is found by a query; `task` names which one to run. */
  clock: { task: string }
}

/** One wake-up. `id` names it: while a job of that id is still there (a dead letter too), another is dropped without an error. */
export interface NewJob<N extends QueueName = QueueName> {
  /** Letters, digits and `-`, not digits alone: `outbox-42`. */
  id: string
  data: JobData[N]
}

export interface RunningJob<N extends QueueName = QueueName> extends NewJob<N> {
  /** 1 for the first run; crashes of a worker do not count, they are bounded apart. */
  attempt: number
}

/** Must be idempotent: a blocked or crashed worker makes a job run twice. Whatever it throws is a retry, then a dead letter. */
export type JobHandler<N extends QueueName> = (job: RunningJob<N>) => Promise<void>

export interface QueueDepth {
  waiting: number
  active: number
  /** Waiting for the next attempt. */
  delayed: number
  /** Dead letters. */
  failed: number
}

/** A job that used up its attempts. It stays until somebody retries it. */
export interface DeadLetter {
  queue: QueueName
  id: string
  data: JobData[QueueName]
  attempts: number
  /** First line of the last error, at most 200 characters. */
  reason: string
  /** Epoch ms. */
  failedAt: number
}

/** Which backend: Redis where there is a URL for it, else PostgreSQL. */
export interface QueueConfig {
  databaseUrl: string
  redisUrl: string | null
}

export type QueueLog = Pick<Log, 'warn' | 'error'>

/** The server behind the queue cannot be trusted with jobs. Its message is a sentence for whoever starts Countersign. */
export class QueueRefused extends Error {
  override readonly name = 'QueueRefused'
}
