import { setTimeout as delay } from 'node:timers/promises'
import type { IQueueBackend } from 'bullmq'
import type { Backend, BackendRole } from './connection'
import { openPostgresBackend } from './postgres'
import { openRedisBackend } from './redis'
import { FAILED_FETCH_PAUSE_MS, LONGEST_BLOCK_SECONDS } from './tuning'
import type { QueueConfig, QueueLog } from './types'

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
