import type { Tx } from '#lib/db/client'
import type { SlackUser } from '#lib/wire/slack/buttons'

/** The live link of a Slack user, with the person's name and whether they are active; null for none. */
export function liveLinkOfUser(db: Tx, { enterpriseId, teamId, userId }: SlackUser) {
  return db.slackLink.findFirst({
    where: { enterpriseId, teamId, userId, endedAt: null },
    select: { id: true, personId: true, person: { select: { name: true, active: true } } },
  })
}

/** The live link of a person; null for none. */
export function liveLinkOfPerson(db: Tx, personId: string) {
  return db.slackLink.findFirst({
    where: { personId, endedAt: null },
    select: {
      id: true,
      enterpriseId: true,
      teamId: true,
      userId: true,
      userName: true,
      linkedAt: true,
    },
  })
}
