import { announceRequest } from '#lib/commands/slack/delivery/announce-request'
import type { JobHandler } from '#lib/queue/types'
import type { Runtime } from '#lib/runtime'

/** Something about a held request changed: whoever was told of it is told again. */
export function notifyHandler(runtime: Runtime): JobHandler<'notify'> {
  return async ({ data }) => {
    await announceRequest(runtime, data)
  }
}
