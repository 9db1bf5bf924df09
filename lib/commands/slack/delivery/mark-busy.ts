import { type Lease, leaseMessages, messageById } from '#lib/db/slack-messages'
import type { Runtime } from '#lib/runtime'

/** A message whose buttons may be taken off: nobody else writes it until `endBusy`. */
export interface BusyMessage {
  lease: Lease
  channel: string
  ts: string
  /** Why it was sent to somebody directly; null for a card. */
  occasion: string | null
}

/**
 * Takes the message that was clicked, so that its buttons can go while the click is worked on. Null where there is none of
 * this request, it is finished, or somebody is writing it anyway: then it is brought up to date without that.
 */
export async function markBusy(
  { db }: Pick<Runtime, 'db'>,
  { messageId, requestId }: { messageId: string; requestId: string },
): Promise<BusyMessage | null> {
  const row = await messageById(db, messageId)
  if (!row || row.requestId !== requestId || row.channelId === null || row.ts === null) return null
  if (row.isClosed || row.isLeased || row.state !== 'sent') return null
  // Should this process die while its buttons are off, what Slack shows is not what was written last.
  const [leased] = await leaseMessages(db, [messageId], { forgets: true })
  return leased
    ? { lease: leased.lease, channel: row.channelId, ts: row.ts, occasion: row.occasion }
    : null
}
