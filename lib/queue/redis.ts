import { createRedisBackend } from 'bullmq'
import { Redis } from 'ioredis'
import { bounded } from './bounded'
import type { Backend, BackendRole } from './connection'
import { quietly } from './quietly'
import { OPERATION_TIMEOUT_MS, RECONNECT_MS } from './tuning'
import { type QueueLog, QueueRefused } from './types'

const PREFIX = { prefix: 'countersign' }

const SET_IT =
  'Set it to noeviction (maxmemory-policy noeviction in redis.conf, or CONFIG SET maxmemory-policy noeviction), or leave REDIS_URL unset to keep the queue in PostgreSQL.'

export function openRedisBackend(url: string, role: BackendRole, log: QueueLog): Backend {
  const client = new Redis(url, {
    connectTimeout: OPERATION_TIMEOUT_MS,
    keepAlive: 10_000,
    retryStrategy: (times) =>
      Math.min(RECONNECT_MS.first * 2 ** Math.min(times, 10), RECONNECT_MS.longest) *
      (0.5 + Math.random() / 2),
    // A worker's commands wait for the connection, as BullMQ demands; a web process must not collect them while Redis is away.
    ...(role.kind === 'worker'
      ? { maxRetriesPerRequest: null }
      : {
          maxRetriesPerRequest: 1,
          enableOfflineQueue: false,
          commandTimeout: OPERATION_TIMEOUT_MS,
        }),
  })
  client.on('error', quietly(log, 'Redis cannot be reached; wake-ups wait in the outbox'))
  let isChecked = false
  client.on('close', () => {
    isChecked = false
  })
  const ready = readiness(client)
  return {
    kind: 'redis',
    connect: (name, options, roles) =>
      createRedisBackend(name, { ...options, ...PREFIX, connection: client }, roles),
    check: async () => {
      if (isChecked && client.status === 'ready') return
      await bounded(ready(), OPERATION_TIMEOUT_MS, 'Redis did not answer in time')
      // Another server may answer after a failover, so this is asked anew on each connection.
      await bounded(refuseEviction(client), OPERATION_TIMEOUT_MS, 'Redis did not answer in time')
      isChecked = true
    },
    close: () => {
      client.disconnect()
      return Promise.resolve()
    },
  }
}

/** A Redis that evicts drops jobs without an error, so it must say that it does not. */
async function refuseEviction(client: Redis): Promise<void> {
  const policy = (await policyFromConfig(client)) ?? (await policyFromInfo(client))
  if (policy === 'noeviction') return
  throw new QueueRefused(
    policy === undefined
      ? `Redis does not tell its maxmemory-policy (both CONFIG GET and INFO are refused), so it might throw jobs away. ${SET_IT}`
      : `Redis may throw jobs away: its maxmemory-policy is ${policy}. ${SET_IT}`,
  )
}

/** Hosted Redis often forbids CONFIG. */
async function policyFromConfig(client: Redis): Promise<string | undefined> {
  const reply = await unlessForbidden(client.config('GET', 'maxmemory-policy'))
  const value = Array.isArray(reply) ? reply[1] : undefined
  return typeof value === 'string' ? value : undefined
}

async function policyFromInfo(client: Redis): Promise<string | undefined> {
  const reply = await unlessForbidden(client.info('memory'))
  return reply?.match(/^maxmemory_policy:([a-z-]+)\r?$/m)?.[1]
}

async function unlessForbidden<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return undefined
    throw error
  }
}

/** Waits for a connection that is being made; one that failed is made again in the background, and this says so at once. */
function readiness(client: Redis): () => Promise<void> {
  let waiting: Promise<void> | undefined
  return () => {
    if (client.status === 'ready') return Promise.resolve()
    if (client.status !== 'connecting' && client.status !== 'connect') {
      return Promise.reject(new Error('Redis is not connected'))
    }
    waiting ??= settled(client).finally(() => {
      waiting = undefined
    })
    return waiting
  }
}

function settled(client: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const onReady = () => {
      client.off('close', onClose)
      resolve()
    }
    const onClose = () => {
      client.off('ready', onReady)
      reject(new Error('Redis is not connected'))
    }
    client.once('ready', onReady)
    client.once('close', onClose)
  })
}
