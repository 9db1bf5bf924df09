import type { Sql } from '#lib/db/client'
import type { Queues } from './create-queues'
import { OUTBOX_BATCH, pumpOutbox } from './outbox'
import { quietly } from './quietly'
import type { QueueLog } from './types'
import { pumpWebhooks, WEBHOOK_BATCH } from './webhooks'

export interface Pump {
  /** Pumps now, e.g. right after a commit that wrote outbox rows. Returns at once; kicks during a pump are one more pump. */
  kick(): void
  stop(): Promise<void>
}

export interface PumpOptions {
  log: QueueLog
  /** Epoch ms. */
  now: () => number
  /** How often rows are looked for without a kick: the bound on a wake-up whose kick was lost with its process. */
  everyMs?: number
}

const DEFAULT_EVERY_MS = 1_000

/** Keeps handing outbox rows and due webhook deliveries over. A failed pump is told and tried again at the next beat. */
export function createPump(
  db: Sql,
  queues: Queues,
  { log, now, everyMs = DEFAULT_EVERY_MS }: PumpOptions,
): Pump {
  const tell = quietly(log, 'Waiting rows could not be handed to the queue')
  let isWanted = false
  let running: Promise<void> | undefined
  let isStopped = false

  const run = async (): Promise<void> => {
    while (isWanted && !isStopped) {
      isWanted = false
      try {
        const [rows, deliveries] = await Promise.all([
          pumpOutbox(db, queues, now()),
          pumpWebhooks(db, queues, now()),
        ])
        if (rows.enqueued === OUTBOX_BATCH || deliveries === WEBHOOK_BATCH) isWanted = true
      } catch (error) {
        tell(error)
      }
    }
    running = undefined
  }
  const kick = (): void => {
    isWanted = true
    running ??= run()
  }
  const beat = setInterval(kick, everyMs)
  kick()

  return {
    kick,
    stop: async () => {
      isStopped = true
      clearInterval(beat)
      await running
    },
  }
}
