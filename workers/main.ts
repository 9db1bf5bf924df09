import { readConfig } from '#lib/config'
import { createPump } from '#lib/queue/create-pump'
import { createQueues, type Queues } from '#lib/queue/create-queues'
import { createWorker } from '#lib/queue/create-worker'
import { createRuntime, type Runtime } from '#lib/runtime'
import { clockHandler } from './clock'
import { evaluateHandler } from './evaluate'
import { notifyHandler } from './notify'
import { webhookHandler } from './webhook'

const TICK_MS = 1_000
const EVALUATIONS_AT_ONCE = 4
const NOTIFICATIONS_AT_ONCE = 6
/** Most of a delivery is waiting for its receiver. One endpoint has a few places at most (lib/db/webhook-rows). */
const DELIVERIES_AT_ONCE = 100

/** One worker process. Any number may run on the same database and queue. Ends on SIGTERM after the running jobs. */
async function main(): Promise<void> {
  const runtime = await createRuntime(readConfig())
  const { config, log } = runtime
  const queues = await createQueues(config, log)
  const pump = createPump(runtime.db, queues, { log, now: runtime.now })
  const listener = runtime.listen()
  const unsubscribe = listener.subscribe(() => pump.kick())
  const workers = [
    createWorker('evaluate', evaluateHandler(runtime), {
      config,
      log,
      concurrency: EVALUATIONS_AT_ONCE,
    }),
    createWorker('notify', notifyHandler(runtime), {
      config,
      log,
      concurrency: NOTIFICATIONS_AT_ONCE,
    }),
    createWorker('webhook', webhookHandler(runtime, pump), {
      config,
      log,
      concurrency: DELIVERIES_AT_ONCE,
    }),
    createWorker('clock', clockHandler(runtime, pump, queues), { config, log, concurrency: 1 }),
  ]
  const ticking = setInterval(() => tick(runtime, queues), TICK_MS)
  log.info({ queue: config.redisUrl === null ? 'postgres' : 'redis' }, 'worker ready')

  const stop = async (signal: string) => {
    log.info({ signal }, 'worker draining')
    clearInterval(ticking)
    unsubscribe()
    await pump.stop()
    await Promise.all(workers.map((worker) => worker.close()))
    await Promise.all([listener.close(), queues.close()])
    await runtime.close()
    log.info('worker stopped')
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void stop(signal).then(() => process.exit(0))
    })
  }
}

/** Several workers tick; the job id lets one of them in each second. */
function tick(runtime: Runtime, queues: Queues): void {
  const id = `clock-${Math.floor(runtime.now() / TICK_MS)}`
  queues.enqueue('clock', { id, data: { task: 'tick' } }).catch((error: unknown) => {
    runtime.log.warn({ error }, 'the clock could not tick: deadlines wait until the queue is back')
  })
}

await main()
