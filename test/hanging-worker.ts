import { createLog } from '../lib/log'
import { createWorker } from '../lib/queue/create-worker'
import type { QueueConfig } from '../lib/queue/types'

/**
 * A worker process that takes jobs of the queue `evaluate`, prints the id of each and never finishes one: to be killed.
 * Its one argument is the queue's configuration as JSON.
 */
const config = JSON.parse(process.argv[2] ?? '') as QueueConfig

createWorker(
  'evaluate',
  async ({ id }) => {
    process.stdout.write(`${id}\n`)
    await new Promise<never>(() => undefined)
  },
  { config, log: createLog({ logLevel: 'silent' }) },
)
