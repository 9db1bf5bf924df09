import { MINUTE_MS } from '#lib/core/durations'
import type { Runtime } from '#lib/runtime'

/** Longer than a signature is believed, both ways. */
const KEPT_MS = 15 * MINUTE_MS

/**
 * Takes one delivery from Slack in: of many with the same id, in whichever process, one gets it. Nothing is done for a
 * delivery before it was taken.
 *
 * @param id what tells it from every other: a digest of its signature, or Slack's own id
 * @returns false where it was taken before
 */
export async function takeDelivery(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  id: string,
): Promise<boolean> {
  const { count } = await db.slackSeen.createMany({
    data: [{ id, seenAt: new Date(now()) }],
    skipDuplicates: true,
  })
  return count === 1
}

/** Forgets deliveries whose signature nobody believes any more. */
export async function forgetDeliveries({ db, now }: Pick<Runtime, 'db' | 'now'>): Promise<void> {
  await db.slackSeen.deleteMany({ where: { seenAt: { lt: new Date(now() - KEPT_MS) } } })
}
