import { messageById } from '#lib/db/slack-messages'
import type { Runtime } from '#lib/runtime'

/** The conversation that one of our messages stands in; null: none of ours, or not posted yet. */
export async function channelOfMessage(
  { db }: Pick<Runtime, 'db'>,
  messageId: string,
): Promise<string | null> {
  const row = await messageById(db, messageId)
  return row === null || row.ts === null ? null : row.channelId
}
