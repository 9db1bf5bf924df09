import { reevaluate } from '#lib/commands/request/reevaluate'
import type { JobHandler } from '#lib/queue/types'
import type { Runtime } from '#lib/runtime'

/** A wake-up of one request: evaluates it again. A request that is gone is done; everything else that fails is retried. */
export function evaluateHandler(runtime: Runtime): JobHandler<'evaluate'> {
  return async ({ data }) => {
    const evaluated = await reevaluate(runtime, { requestId: data.requestId, cause: 'input' })
    if (evaluated.ok || evaluated.refusal.code === 'not_found') return
    throw new Error(`Evaluation was refused: ${evaluated.refusal.code}`)
  }
}
