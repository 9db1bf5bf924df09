import { messageById } from '#lib/db/slack-messages'
import { retiredMessage } from '#lib/notify/slack/blocks/retired'
import type { Runtime } from '#lib/runtime'

export interface PressedCopy {
  messageId: string
  channel: string
  ts: string
}

/**
 * A sender that died between posting and saving leaves a copy that nobody knows of. Its buttons do what those of the kept one
 * do, but nobody edits it. The first press tells where it is: its contents go, and the kept copy stays.
 * @returns whether the pressed copy was one
 */
export async function retireOrphan(
  { db, slack }: Pick<Runtime, 'db' | 'slack'>,
  { messageId, channel, ts }: PressedCopy,
): Promise<boolean> {
  const row = slack && (await messageById(db, messageId))
  if (!row || row.isLeased) return false
  // Not posted as far as is known, so the pressed copy may be the one that is about to be saved; unless none ever will be.
  const isOver = row.isClosed || row.state === 'given_up'
  if (row.ts === null && !isOver) return false
  if (row.channelId === channel && row.ts === ts) return false
  await slack.update({ channel, ts, content: retiredMessage({ isReplaced: row.ts !== null }) })
  return true
}
