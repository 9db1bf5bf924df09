import { settleNotify } from '#lib/db/outbox-rows'
import { lockAnnouncements } from '#lib/db/slack-announcements'
import { inTransaction } from '#lib/db/transaction'
import { readHeld } from '#lib/queries/read-held'
import { currentRouting } from '#lib/queries/slack/current-routing'
import type { Runtime } from '#lib/runtime'
import { deliverMessages } from './deliver-messages'
import { readAnnounceState } from './plan/announce-state'
import { planAnnouncement } from './plan/plan-announcement'
import { recordPlan } from './record-plan'
import { releaseUnreadable } from './release-unreadable'

/**
 * Brings everything that Slack shows of a request up to what it is now, and marks the wake-up done. Works out what should
 * exist, writes that down, and only then speaks to Slack; so it may be run twice, late or by two workers at once. Trouble with
 * Slack stays with the messages, which are due again: it fails nothing.
 * @param now epoch ms at which reminders, quiet hours and the like are looked at; the database's clock where it is absent
 */
export async function announceRequest(
  runtime: Runtime,
  wakeUp: { requestId: string; outboxId: string },
  now?: number,
): Promise<void> {
  const { slack } = runtime
  if (slack !== null) {
    await recordWhatIs(runtime, wakeUp.requestId, now)
    await deliverMessages(runtime, slack, wakeUp.requestId)
  }
  await settleNotify(runtime.db, wakeUp)
}

/** What cannot be read is not read again and again: it keeps nobody who waits behind it. */
async function recordWhatIs(
  runtime: Runtime,
  requestId: string,
  now: number | undefined,
): Promise<void> {
  try {
    await recordAnnouncement(runtime, requestId, now)
  } catch (err) {
    if (!(await releaseUnreadable(runtime, requestId))) throw err
    runtime.log.error({ err, requestId }, 'a request that cannot be read is not told in Slack')
  }
}

async function recordAnnouncement(
  runtime: Runtime,
  requestId: string,
  at: number | undefined,
): Promise<void> {
  await inTransaction(runtime.db, async (tx) => {
    const callerId = await lockAnnouncements(tx, requestId)
    if (callerId === null) return
    const picture = await readHeld(runtime, tx, { requestId })
    if (!picture) return
    const now = at ?? picture.now
    const routing = await currentRouting(tx)
    const { state, shareKey } = await readAnnounceState(tx, picture, { routing, now })
    const plan = planAnnouncement(state, routing, now)
    if (!state.isOpen && state.watch === null && plan.steps.length === 0) return
    const alertsChannel = routing?.alertsChannel ?? null
    await recordPlan(tx, runtime, {
      state,
      plan,
      shareKey,
      callerId,
      alertsChannel,
      now,
    })
  })
}
