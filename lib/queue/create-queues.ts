import { type DefaultJobOptions, type IQueueBackend, type Job, Queue } from 'bullmq'
import { openBackend } from './backend'
import { bounded } from './bounded'
import type { Backend, BackendKind } from './connection'
import { quietly } from './quietly'
import { JOB_OPTIONS, OPERATION_TIMEOUT_MS } from './tuning'
import {
  type DeadLetter,
  type JobData,
  type NewJob,
  QUEUE_NAMES,
  type QueueConfig,
  type QueueDepth,
  type QueueLog,
  type QueueName,
  QueueRefused,
} from './types'

export interface Queues {
  /** Hands a wake-up over. Rejects within seconds when the server cannot take it: the outbox row then stays. */
  enqueue<N extends QueueName>(name: N, job: NewJob<N>): Promise<void>
  /** Whether jobs can be handed over now. Never rejects. */
  isReady(): Promise<boolean>
  depth(): Promise<Record<QueueName, QueueDepth>>
  /** Dead letters, newest first, at most `limit` of each queue. */
  failed(limit?: number): Promise<DeadLetter[]>
  /** Gives dead letters all their attempts back: all of them, or those that failed before `failedBefore` (epoch ms). */
  retryFailed(which?: { failedBefore?: number }): Promise<void>
  /** The same for one. False: there is no such dead letter, or no more. */
  retryOne(name: QueueName, id: string): Promise<boolean>
  close(): Promise<void>
}

/** Overrides for every queue, e.g. a shorter backoff. */
export type QueueTuning = Pick<DefaultJobOptions, 'attempts' | 'backoff'>

type JobQueue = Queue<
  JobData[QueueName],
  void,
  string,
  JobData[QueueName],
  void,
  string,
  IQueueBackend,
  BackendKind
>

const DEFAULT_LIMIT = 100
/** The event streams that BullMQ keeps are read by nobody here. */
const KEPT_EVENTS = 100

/**
 * Opens the queues for handing jobs over. A server that is down is waited for in the background, and each operation says so.
 * @throws QueueRefused when the server answers but must not be trusted with jobs: do not start
 */
export async function createQueues(
  config: QueueConfig,
  log: QueueLog,
  tuning: QueueTuning = {},
): Promise<Queues> {
  const backend = openBackend(config, { kind: 'queues' }, log)
  await refuseUntrusted(backend, log)
  const open = new Map<QueueName, JobQueue>()

  const queue = async (name: QueueName): Promise<JobQueue> => {
    await backend.check()
    const known = open.get(name)
    if (known) return known
    const made = openQueue(backend, name, log, tuning)
    open.set(name, made)
    // BullMQ remembers a failed start for ever, so a queue that could not start is made anew.
    await made.waitUntilReady().catch((error: unknown) => {
      open.delete(name)
      throw error
    })
    return made
  }
  const onEach = <T>(work: (queue: JobQueue, name: QueueName) => Promise<T>): Promise<T[]> =>
    inTime(Promise.all(QUEUE_NAMES.map(async (name) => await work(await queue(name), name))))

  return {
    enqueue: (name, job) =>
      inTime(queue(name).then((to) => to.add(name, job.data, { jobId: job.id }))).then(
        () => undefined,
      ),
    isReady: () =>
      inTime(backend.check()).then(
        () => true,
        () => false,
      ),
    depth: async () => {
      const [evaluate, notify, webhook, clock] = await onEach(depthOf)
      if (!evaluate || !notify || !webhook || !clock) throw new Error('A queue is missing')
      return { evaluate, notify, webhook, clock }
    },
    failed: async (limit = DEFAULT_LIMIT) => {
      const letters = await onEach(async (of, name) =>
        (await of.getFailed(0, limit - 1)).map((job) => deadLetter(name, job)),
      )
      return letters.flat().sort((a, b) => b.failedAt - a.failedAt)
    },
    retryFailed: async ({ failedBefore } = {}) => {
      await onEach((of) =>
        of.retryJobs({
          state: 'failed',
          ...(failedBefore === undefined ? {} : { timestamp: failedBefore }),
        }),
      )
    },
    retryOne: async (name, id) => {
      const job = await inTime(queue(name).then((of) => of.getJob(id)))
      if (!job || !(await inTime(job.isFailed()))) return false
      await inTime(job.retry('failed', { resetAttemptsMade: true }))
      return true
    },
    close: async () => {
      await Promise.allSettled([...open.values()].map((made) => inTime(made.close())))
      await backend.close()
    },
  }
}

async function refuseUntrusted(backend: Backend, log: QueueLog): Promise<void> {
  try {
    await backend.check()
  } catch (error) {
    if (error instanceof QueueRefused) {
      await backend.close()
      throw error
    }
    log.warn({ err: error, backend: backend.kind }, 'The queue cannot be reached yet')
  }
}

function openQueue(
  backend: Backend,
  name: QueueName,
  log: QueueLog,
  tuning: QueueTuning,
): JobQueue {
  const queue: JobQueue = new Queue(
    name,
    {
      connection: backend.kind,
      defaultJobOptions: { ...JOB_OPTIONS[name], ...tuning },
      streams: { events: { maxLen: KEPT_EVENTS } },
    },
    backend.connect,
  )
  queue.on('error', quietly(log, 'The queue reports an error'))
  return queue
}

async function depthOf(queue: JobQueue): Promise<QueueDepth> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'failed')
  return {
    waiting: counts['waiting'] ?? 0,
    active: counts['active'] ?? 0,
    delayed: counts['delayed'] ?? 0,
    failed: counts['failed'] ?? 0,
  }
}

function deadLetter(queue: QueueName, job: Job<JobData[QueueName]>): DeadLetter {
  return {
    queue,
    id: job.id ?? '',
    data: job.data,
    attempts: job.attemptsMade,
    reason: job.failedReason ?? '',
    failedAt: job.finishedOn ?? job.timestamp,
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return bounded(work, OPERATION_TIMEOUT_MS, 'The queue did not answer in time')
}
