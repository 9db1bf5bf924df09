import type { Tx } from '#lib/db/client'
import type { SlackUser } from '#lib/wire/slack/buttons'

export interface LinkedPerson {
  personId: string
  name: string
  linkId: string
}

/**
 * Which human a Slack user is: by a live link to somebody active, and by nothing else. Asked again at each click, so that
 * unlinking and deactivating bite at once.
 */
export async function linkedPerson(
  db: Pick<Tx, 'slackLink'>,
  user: SlackUser,
): Promise<LinkedPerson | null> {
  const { enterpriseId, teamId, userId } = user
  const link = await db.slackLink.findFirst({
    where: { enterpriseId, teamId, userId, endedAt: null, person: { active: true } },
    select: { id: true, personId: true, person: { select: { name: true } } },
  })
  return link && { personId: link.personId, name: link.person.name, linkId: link.id }
}
