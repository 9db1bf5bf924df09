import { tellAccount } from '#lib/auth/account-news'
import type { AuthRuntime } from '#lib/auth/runtime'
import { ok, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { wakeForPerson, withdrawMessages } from '#lib/db/slack-announcements'
import { inTransaction } from '#lib/db/transaction'
import { liveLinkOfPerson } from '#lib/queries/slack/live-link'
import { actorOf } from '../../directory/create-person'

export interface UnlinkSlackInput {
  /** Whose link ends. */
  personId: string
  /** Who ends it: the person, or an admin. */
  byPersonId: string
}

/**
 * Ends a person's Slack link; the next thing the Slack user does is refused. Votes given by it stand, and what
 * they were sent directly is emptied. Ending none changes nothing.
 * @returns refusal `forbidden` for anybody but the person and admins
 */
export function unlinkSlack(
  runtime: Pick<AuthRuntime, 'db' | 'now'>,
  { personId, byPersonId }: UnlinkSlackInput,
): Promise<Result<{ wasLinked: boolean }>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    if (!(await mayUnlink(tx, { personId, byPersonId }))) return refuse('forbidden')
    return ok({ wasLinked: await endSlackLink(tx, { personId, byPersonId }, now) })
  })
}

/** @returns whether there was a link to end */
export async function endSlackLink(
  tx: Tx,
  { personId, byPersonId }: { personId: string; byPersonId: string | null },
  now: number,
): Promise<boolean> {
  const link = await liveLinkOfPerson(tx, personId)
  if (!link || !(await endLink(tx, link.id, byPersonId, now))) return false
  const event = {
    stream: `person:${personId}`,
    type: 'slack.unlinked',
    actor: actorOf(byPersonId),
    body: {
      link: link.id,
      enterprise: link.enterpriseId,
      team: link.teamId,
      user: link.userId,
    },
  }
  await tellAccount(tx, [event], now)
  await withdrawMessages(tx, personId)
  await wakeForPerson(tx, personId)
  return true
}

async function mayUnlink(tx: Tx, { personId, byPersonId }: UnlinkSlackInput): Promise<boolean> {
  const by = await tx.person.findUnique({
    where: { id: byPersonId, active: true },
    select: { roles: true },
  })
  return by !== null && (byPersonId === personId || by.roles.includes('admin'))
}

/** The condition is in the UPDATE, so that two who end it at once leave one entry. */
async function endLink(
  tx: Tx,
  linkId: string,
  endedBy: string | null,
  now: number,
): Promise<boolean> {
  const { count } = await tx.slackLink.updateMany({
    where: { id: linkId, endedAt: null },
    data: { endedAt: new Date(now), endedBy },
  })
  return count === 1
}
