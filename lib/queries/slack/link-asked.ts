import { peekSlackLinkCode } from '#lib/auth/slack-link-code'
import { ok, type Result } from '#lib/core/result'
import type { Runtime } from '#lib/runtime'
import type { SlackLinkAskedView } from '#lib/wire/views-people'
import { teamWords, workspaceOf } from './link-view'

/** Which Slack user an address was given to, for the page with the button. Uses nothing up. */
export async function slackLinkAsked(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  secret: string,
): Promise<Result<SlackLinkAskedView>> {
  const [asked, workspace] = await Promise.all([
    peekSlackLinkCode(db, secret, now()),
    workspaceOf(db),
  ])
  if (!asked.ok) return asked
  const { user, userName } = asked.value
  return ok({ userName, userId: user.userId, workspace: teamWords(user.teamId, workspace) })
}
