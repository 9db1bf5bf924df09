import { lapseGrant } from '#lib/commands/grant/lapse-grant'
import { forgetOutbox, grantsToLapse, wakeDue } from '#lib/commands/request/wake-due'
import { sealLog } from '#lib/commands/seal-log'
import { forgetSeen, wakeSlack } from '#lib/commands/slack/delivery/wake-slack'
import type { Pump } from '#lib/queue/create-pump'
import type { Queues } from '#lib/queue/create-queues'
import type { JobHandler } from '#lib/queue/types'
import type { Runtime } from '#lib/runtime'

const RETRY_EVERY_MS = 60_000

/** What is due by time alone: deadlines, windows, unevaluated input, grants that ran out, events to seal, what Slack is told. */
export function clockHandler(runtime: Runtime, pump: Pump, queues: Queues): JobHandler<'clock'> {
  let retriedAt = runtime.now()
  return async () => {
    if (runtime.now() - retriedAt > RETRY_EVERY_MS) {
      retriedAt = runtime.now()
      // While a dead letter is kept, its wake-up cannot be offered again: an outage longer than all attempts ends here.
      await queues.retryFailed({ failedBefore: retriedAt - RETRY_EVERY_MS })
    }
    const told = runtime.slack === null ? 0 : await wakeSlack(runtime.db)
    if ((await wakeDue(runtime.db)) + told > 0) pump.kick()
    const due = await grantsToLapse(runtime.db)
    const work = [...due.map((requestId) => lapseGrant(runtime, requestId)), sealLog(runtime)]
    // One grant that cannot be ended must not keep the others, or the sealer, waiting.
    const failed = (await Promise.allSettled(work)).filter(({ status }) => status === 'rejected')
    await forgetOutbox(runtime.db)
    if (runtime.slack !== null) await forgetSeen(runtime.db)
    if (failed.length > 0) throw new Error(`${failed.length} of ${work.length} timed deeds failed`)
  }
}
