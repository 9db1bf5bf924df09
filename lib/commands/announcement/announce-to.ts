import type { Tx } from '#lib/db/client'
import type { Runtime } from '#lib/runtime'

/** Tells one person of an audit entry, in its transaction: in the console until they say that they know, and in Slack. */
export async function announceTo(
  { newId }: Pick<Runtime, 'newId'>,
  tx: Tx,
  { personId, eventSeq, text }: { personId: string; eventSeq: bigint; text: string },
  now: number,
): Promise<void> {
  const at = new Date(now)
  await tx.announcement.create({
    data: {
      id: newId('ann'),
      personId,
      audience: 'person',
      eventSeq,
      text,
      createdAt: at,
      dueAt: at,
    },
  })
}
