import { createQueues, type Queues } from './create-queues'
import { quietly } from './quietly'
import type { DeadLetter, QueueConfig, QueueDepth, QueueLog, QueueName } from './types'

/** What somebody who looks after the queues sees of them, and does. */
export interface QueueDesk {
  /** Null while the server cannot be asked. Never rejects. */
  read(limit: number): Promise<QueueStanding | null>
  /** @returns false where there is no such dead letter, or no more; rejects when the server cannot be asked */
  retryOne(name: QueueName, id: string): Promise<boolean>
  retryAll(): Promise<void>
  close(): Promise<void>
}

export interface QueueStanding {
  depth: Record<QueueName, QueueDepth>
  /** Newest first, at most `limit` of each queue. */
  deadLetters: DeadLetter[]
}

/** For a process that hands nothing over: it connects when it is first asked. */
export function createQueueDesk(config: QueueConfig, log: QueueLog): QueueDesk {
  const tell = quietly(log, 'The queues cannot be read')
  let opening: Promise<Queues> | null = null
  const open = (): Promise<Queues> => {
    opening ??= createQueues(config, log).catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }
  return {
    read: async (limit) => {
      try {
        const queues = await open()
        const [depth, deadLetters] = await Promise.all([queues.depth(), queues.failed(limit)])
        return { depth, deadLetters }
      } catch (error) {
        tell(error)
        return null
      }
    },
    retryOne: async (name, id) => await (await open()).retryOne(name, id),
    retryAll: async () => await (await open()).retryFailed(),
    close: async () => {
      await (await opening?.catch(() => null))?.close()
    },
  }
}
