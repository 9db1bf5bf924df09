import { confirmedFactors } from '#lib/auth/factors'
import { peekSlackLinkCode } from '#lib/auth/slack-link-code'
import { ok, type Result } from '#lib/core/result'
import type { Runtime } from '#lib/runtime'
import type { SlackLinkAskedView } from '#lib/wire/views/people'
import { waysOf } from '../account/account-view'
import { teamWords, workspaceOf } from './link-view'

/** Which Slack user an address was given to, and how its reader can prove who they are. Uses nothing up. */
export async function slackLinkAsked(
  { db, now }: Pick<Runtime, 'db' | 'now'>,
  { secret, personId }: { secret: string; personId: string },
): Promise<Result<SlackLinkAskedView>> {
  const [asked, workspace, factors] = await Promise.all([
    peekSlackLinkCode(db, secret, now()),
    workspaceOf(db),
    confirmedFactors(db, personId),
  ])
  if (!asked.ok) return asked
  const { user, userName } = asked.value
  const names = { userName, userId: user.userId, workspace: teamWords(user.teamId, workspace) }
  return ok({ ...names, user, ways: waysOf(factors) })
}
