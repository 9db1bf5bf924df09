import { setTimeout as delay } from 'node:timers/promises'
import { type IQueueBackend, type Job, type JobProgress, Worker } from 'bullmq'
import { openBackend } from './backend'
import { bounded } from './bounded'
import type { Backend, BackendKind } from './connection'
import { quietly } from './quietly'
import { createTally } from './tally'
import {
  DEFAULT_CONCURRENCY,
  DRAIN_MS,
  GOODBYE_MS,
  LOCK_MS,
  LONGEST_BLOCK_SECONDS,
  MOST_CRASHES,
  RECONNECT_MS,
  STALLED_CHECK_MS,
} from './tuning'
import type { JobData, JobHandler, QueueConfig, QueueLog, QueueName } from './types'

export interface QueueWorker {
  /** Takes no more jobs, lets the running ones finish (within `drainMs`), then lets go of its connections. */
  close(): Promise<void>
}

export interface WorkerOptions {
  config: QueueConfig
  log: QueueLog
  /** Jobs at once in this process. */
  concurrency?: number
  /** How long `close` waits for running jobs. */
  drainMs?: number
}

type JobWorker<N extends QueueName> = Worker<
  JobData[N],
  void,
  string,
  IQueueBackend,
  JobProgress,
  BackendKind
>

/** Runs `handler` for each job of a queue, for as long as the process lives: when the server goes away, it waits and comes back. */
export function createWorker<N extends QueueName>(
  name: N,
  handler: JobHandler<N>,
  { config, log, concurrency = DEFAULT_CONCURRENCY, drainMs = DRAIN_MS }: WorkerOptions,
): QueueWorker {
  const backend = openBackend(config, { kind: 'worker', concurrency }, log)
  const stopping = new AbortController()
  const jobs = createTally()
  const counted: JobHandler<N> = (job) => jobs.count(handler(job))
  let worker: JobWorker<N> | undefined

  const keepRunning = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      try {
        await backend.check()
        if (stopping.signal.aborted) return
        worker = openWorker(backend, name, counted, { log, concurrency })
        await worker.waitUntilReady()
        failures = 0
        await worker.run()
      } catch (error) {
        log.warn({ err: error, queue: name }, 'The worker cannot run; trying again')
      }
      if (stopping.signal.aborted) return
      await worker?.close(true)
      await pause(failures, stopping.signal)
    }
  }
  const running = keepRunning()

  const drain = async (closed: Promise<unknown>): Promise<void> => {
    do {
      await jobs.idle()
      // Only goodbyes are left, which take for ever while the server is away; or a job that was being fetched still begins.
      await bounded(closed, GOODBYE_MS, 'The server did not answer in time').catch(tell)
    } while (jobs.isRunning())
  }
  const tell = (error: unknown): void =>
    log.warn({ err: error, queue: name }, 'The worker did not close in order')

  return {
    close: async () => {
      stopping.abort()
      const closed = Promise.all([worker?.close(), running])
      const late = 'Running jobs were cut off; they run again elsewhere'
      await bounded(drain(closed), drainMs, late).catch(tell)
      await backend.close().catch(tell)
    },
  }
}

function openWorker<N extends QueueName>(
  backend: Backend,
  name: N,
  handler: JobHandler<N>,
  { log, concurrency }: { log: QueueLog; concurrency: number },
): JobWorker<N> {
  const worker: JobWorker<N> = new Worker(
    name,
    async (job) => {
      const id = job.id ?? ''
      try {
        await handler({ id, data: job.data, attempt: job.attemptsMade + 1 })
      } catch (error) {
        log.warn(
          { err: error, queue: name, job: id, attempt: job.attemptsMade + 1 },
          'A job failed',
        )
        throw new Error(reasonOf(error))
      }
    },
    {
      connection: backend.kind,
      autorun: false,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MOST_CRASHES,
      drainDelay: LONGEST_BLOCK_SECONDS,
      runRetryDelay: RECONNECT_MS.longest,
    },
    backend.connect,
  )
  worker.on('error', quietly(log, 'The worker reports an error'))
  worker.on('stalled', (id) => log.warn({ queue: name, job: id }, 'A job was left by its worker'))
  worker.on('failed', (job) => tellDeadLetter(job, name, log))
  return worker
}

function tellDeadLetter(job: Job | undefined, name: QueueName, log: QueueLog): void {
  if (job?.finishedOn === undefined) return
  log.error(
    { queue: name, job: job.id, attempts: job.attemptsMade, reason: job.failedReason },
    'A job is a dead letter',
  )
}

const LONGEST_REASON = 200

/** What the queue's server and its pages may hold of an error: the first line, no stack, no cause. The log has the rest. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? 'unknown error'
  return line.trim().slice(0, LONGEST_REASON)
}

async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longestMs = Math.min(RECONNECT_MS.first * 2 ** Math.min(failures, 10), RECONNECT_MS.longest)
  // Rejects only when the worker is closed meanwhile.
  await delay(longestMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
}
