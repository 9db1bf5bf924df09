import type { Runtime } from '#lib/runtime'

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
