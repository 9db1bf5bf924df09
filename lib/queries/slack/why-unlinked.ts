import type { Runtime } from '#lib/runtime'
import type { SlackUser } from '#lib/wire/slack/buttons'
import type { WhyUnlinked } from '#lib/wire/views/slack'

/** Why a Slack user stands for nobody here. */
export async function whyUnlinked(
  { db }: Pick<Runtime, 'db'>,
  { enterpriseId, teamId, userId }: SlackUser,
): Promise<WhyUnlinked> {
  const last = await db.slackLink.findFirst({
    where: { enterpriseId, teamId, userId },
    orderBy: { linkedAt: 'desc' },
    select: { endedAt: true, person: { select: { active: true } } },
  })
  if (!last) return 'never'
  return last.endedAt === null && !last.person.active ? 'deactivated' : 'ended'
}
