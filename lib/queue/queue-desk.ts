import { isId } from '#lib/core/ids'
import type { DeadLetterView, JobsView } from '#lib/wire/views/queues'
import { createQueues, type Queues } from './create-queues'
import { quietly } from './quietly'
import {
  type DeadLetter,
  QUEUE_NAMES,
  type QueueConfig,
  type QueueLog,
  type QueueName,
} from './types'

/** Dead letters of each queue that are shown. */
const MOST_LETTERS = 50

const LABELS: Record<QueueName, string> = {
  evaluate: 'Evaluations',
  notify: 'Messages to Slack',
  webhook: 'Webhooks',
  clock: 'Clock',
}

/** What somebody who looks after the queues sees of them, and does. */
export interface QueueDesk {
  /** Null while the server cannot be asked. Never rejects. */
  read(): Promise<JobsView | null>
  /** @returns false where there is no such dead letter, or no more; rejects when the server cannot be asked */
  retryOne(name: QueueName, id: string): Promise<boolean>
  retryAll(): Promise<void>
  close(): Promise<void>
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
    read: async () => {
      try {
        const queues = await open()
        const [depth, failed] = await Promise.all([queues.depth(), queues.failed(MOST_LETTERS)])
        const rows = QUEUE_NAMES.map((name) => ({ name, label: LABELS[name], ...depth[name] }))
        return { rows, deadLetters: failed.map(letterView) }
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

function letterView({ queue, id, data, attempts, reason, failedAt }: DeadLetter): DeadLetterView {
  const requestId = 'requestId' in data && isId('req', data.requestId) ? data.requestId : null
  return { queue, id, requestId, attempts, reason, failedAt: new Date(failedAt).toISOString() }
}
