import { settleNotify } from '#lib/db/outbox-rows'
import type { Runtime } from '#lib/runtime'

/** Brings everything that Slack shows of a request up to what it is now, and marks the wake-up done. */
export async function announceRequest(
  runtime: Runtime,
  wakeUp: { requestId: string; outboxId: string },
): Promise<void> {
  await settleNotify(runtime.db, wakeUp)
}
