import { setTimeout as pause } from 'node:timers/promises'
import { endBusy } from '#lib/commands/slack/delivery/end-busy'
import { markBusy } from '#lib/commands/slack/delivery/mark-busy'
import { busyMessage } from '#lib/notify/slack/blocks/busy'
import { cardView } from '#lib/queries/slack/card-view'
import type { ListenerDeps } from './deps'

export interface Clicked {
  /** Null where the button was not on a message of ours. */
  messageId: string | null
  requestId: string
  /** Whose click is worked on. */
  name: string
}

/** A slow Slack holds no vote up for longer. */
const MOST_WAIT_MS = 1_000

/**
 * Takes the buttons off the clicked message, then works. Whatever comes of it, the message is written anew: by the wake-up
 * that the command leaves, or else in a few seconds.
 */
export async function whileBusy<T>(
  deps: ListenerDeps,
  clicked: Clicked,
  work: () => Promise<T>,
): Promise<T> {
  await Promise.race([
    takeButtonsOff(deps, clicked),
    pause(MOST_WAIT_MS, undefined, { ref: false }),
  ])
  return await work()
}

/** It is a courtesy: that it fails stops nobody's vote. */
async function takeButtonsOff(
  { runtime, slack }: ListenerDeps,
  { messageId, requestId, name }: Clicked,
): Promise<void> {
  if (messageId === null) return
  try {
    const view = await cardView(runtime, requestId)
    const busy = view && (await markBusy(runtime, { messageId, requestId }))
    if (!busy) return
    const { channel, ts } = busy
    try {
      await slack.update({ channel, ts, content: busyMessage(view, { name }) })
    } finally {
      await endBusy(runtime, busy)
    }
  } catch (error) {
    runtime.log.warn({ error }, 'the buttons of a message in Slack stayed where they were')
  }
}
