import { lapseGrant } from '#lib/commands/lapse-grant'
import { sealLog } from '#lib/commands/seal-log'
import { grantsToLapse, wakeDue } from '#lib/commands/wake-due'
import type { Pump } from '#lib/queue/create-pump'
import type { JobHandler } from '#lib/queue/types'
import type { Runtime } from '#lib/runtime'

/** What is due by time alone: deadlines, windows, unevaluated input, grants that ran out, events to seal. */
export function clockHandler(runtime: Runtime, pump: Pump): JobHandler<'clock'> {
  return async () => {
    if ((await wakeDue(runtime.db)) > 0) pump.kick()
    for (const requestId of await grantsToLapse(runtime.db)) await lapseGrant(runtime, requestId)
    await sealLog(runtime)
  }
}
