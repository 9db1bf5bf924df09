import { createQueues, type Queues } from './create-queues'
import { quietly } from './quietly'
import type { QueueConfig, QueueDepth, QueueLog, QueueName } from './types'

export interface DepthReader {
  /** Null while the server cannot be asked. Never rejects. */
  read(): Promise<Record<QueueName, QueueDepth> | null>
  close(): Promise<void>
}

/** For a process that hands nothing over and only tells how much waits: it connects when it is first asked. */
export function createDepthReader(config: QueueConfig, log: QueueLog): DepthReader {
  const tell = quietly(log, 'The depth of the queues cannot be read')
  let opening: Promise<Queues> | null = null
  const open = (): Promise<Queues> => {
    opening ??= createQueues(config, log).catch((error: unknown) => {
      opening = null
      throw error
    })
    return opening
  }
  return {
    read: async () => {
      try {
        return await (await open()).depth()
      } catch (error) {
        tell(error)
        return null
      }
    },
    close: async () => {
      await (await opening?.catch(() => null))?.close()
    },
  }
}
