import type { Tx } from '#lib/db/client'

/**
 * Whether the link still says that a Slack user is this person. Its row is held until the transaction ends: whoever ends
 * the link comes before this, and it is seen, or after what is done with it.
 */
export async function isSlackLinkLive(
  tx: Tx,
  { linkId, personId }: { linkId: string; personId: string },
): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM slack_links
    WHERE id = ${linkId} AND person_id = ${personId} AND ended_at IS NULL FOR SHARE`
  return rows.length === 1
}
