import { sendAnnouncements } from '#lib/commands/announcement/send-announcements'
import { applyReleased } from '#lib/commands/change/apply-change'
import { sweepEvidence } from '#lib/commands/evidence/sweep-evidence'
import { sweepFiles } from '#lib/commands/evidence/sweep-files'
import { lapseGrant } from '#lib/commands/grant/lapse-grant'
import { tellUnreported } from '#lib/commands/grant/tell-unreported'
import { forgetOutbox, grantsToLapse, wakeDue } from '#lib/commands/request/wake-due'
import { sealLog } from '#lib/commands/seal-log'
import { forgetSeen, wakeSlack } from '#lib/commands/slack/delivery/wake-slack'
import { forgetDeliveries } from '#lib/commands/webhook/forget-deliveries'
import type { Pump } from '#lib/queue/create-pump'
import type { Queues } from '#lib/queue/create-queues'
import type { JobHandler } from '#lib/queue/types'
import { forgetRateLimits } from '#lib/rate-limit/rate-limits'
import type { Runtime } from '#lib/runtime'

const RETRY_EVERY_MS = 60_000
const SWEEP_EVERY_MS = 3_600_000

/** What is due by time alone: deadlines, windows, unevaluated input, grants that ran out, outcomes that never came, events to seal, what Slack is told. */
export function clockHandler(runtime: Runtime, pump: Pump, queues: Queues): JobHandler<'clock'> {
  let retriedAt = runtime.now()
  const sweep = sweeper(runtime)
  let isSending = false
  return async () => {
    if (runtime.now() - retriedAt > RETRY_EVERY_MS) {
      retriedAt = runtime.now()
      // While a dead letter is kept, its wake-up cannot be offered again: an outage longer than all attempts ends here.
      await queues.retryFailed({ failedBefore: retriedAt - RETRY_EVERY_MS })
    }
    if (!isSending) {
      isSending = true
      // Slack may take seconds for each answer: deadlines do not wait for it.
      void tellAccounts(runtime).finally(() => {
        isSending = false
      })
    }
    const told = runtime.slack === null ? 0 : await wakeSlack(runtime.db)
    if ((await wakeDue(runtime.db)) + told > 0) pump.kick()
    const due = await grantsToLapse(runtime.db)
    const work = [
      ...due.map((requestId) => lapseGrant(runtime, requestId)),
      applyReleased(runtime),
      tellUnreported(runtime),
      sealLog(runtime),
    ]
    // One grant that cannot be ended must not keep the others, or the sealer, waiting.
    const failed = (await Promise.allSettled(work)).filter(({ status }) => status === 'rejected')
    await forgetOutbox(runtime.db)
    await forgetRateLimits(runtime.db)
    await sweep()
    if (runtime.slack !== null) await forgetSeen(runtime.db)
    if (failed.length > 0) throw new Error(`${failed.length} of ${work.length} timed deeds failed`)
  }
}

/** What is old goes once an hour, and of deliveries and evidence a part at each tick until nothing old is left. */
function sweeper(runtime: Runtime): () => Promise<void> {
  let sweptAt = 0
  let isForgetting = false
  let isErasing = false
  return async () => {
    if (runtime.now() - sweptAt > SWEEP_EVERY_MS) {
      sweptAt = runtime.now()
      await sweepFiles(runtime)
      isForgetting = true
      isErasing = true
    }
    if (isForgetting) isForgetting = await forgetDeliveries(runtime)
    if (isErasing) {
      // Until the next hour, unless it says that there is more.
      isErasing = false
      isErasing = await sweepEvidence(runtime)
    }
  }
}

/** Whatever goes wrong stays due: another tick, or another worker, sends it once the lease has run out. */
async function tellAccounts(runtime: Runtime): Promise<void> {
  try {
    await sendAnnouncements(runtime)
  } catch (error) {
    runtime.log.warn({ error }, 'announcements about accounts could not be sent to Slack')
  }
}
