import { setTimeout as delay } from 'node:timers/promises'
import type { BackendFactory, IQueueBackend } from 'bullmq'
import { openPostgresBackend } from './postgres'
import { openRedisBackend } from './redis'
import { FAILED_FETCH_PAUSE_MS, LONGEST_BLOCK_SECONDS } from './tuning'
import type { QueueConfig, QueueLog } from './types'

export type BackendKind = 'redis' | 'postgres'

/** Queues share one connection and fail fast; a worker holds its own and waits for it to come back. */
export type BackendRole = { kind: 'queues' } | { kind: 'worker'; concurrency: number }

/** The connection's label stands where BullMQ wants connection options: the connection itself is made here. */
export type Connect = BackendFactory<IQueueBackend, BackendKind>

export interface Backend {
  kind: BackendKind
  connect: Connect
  /**
   * Reaches the server and makes sure that it keeps jobs. Cheap once it has passed on this connection.
   * @throws QueueRefused when it must not be used; any other error when it cannot be reached now
   */
  check(): Promise<void>
  close(): Promise<void>
}

/** Connects in the background; nothing here throws because a server is down. */
export function openBackend(config: QueueConfig, role: BackendRole, log: QueueLog): Backend {
  const backend =
    config.redisUrl === null
      ? openPostgresBackend(config.databaseUrl, role, log)
      : openRedisBackend(config.redisUrl, role, log)
  return { ...backend, connect: (...args) => paced(backend.connect(...args)) }
}

/** A worker that cannot fetch must neither spin nor sleep for an hour (BullMQ's block time on PostgreSQL after an error). */
function paced(backend: IQueueBackend): IQueueBackend {
  const moveToActive = backend.moveToActive.bind(backend)
  const waitForJob = backend.waitForJob.bind(backend)
  backend.moveToActive = async (token, name) => {
    try {
      return await moveToActive(token, name)
    } catch (error) {
      await delay(FAILED_FETCH_PAUSE_MS)
      throw error
    }
  }
  backend.waitForJob = (seconds) => waitForJob(Math.min(seconds, LONGEST_BLOCK_SECONDS))
  return backend
}
