import { linkSlack } from '../../lib/commands/slack/link-slack'
import { startSlackLink } from '../../lib/commands/slack/start-slack-link'
import { sealTokens } from '../../lib/notify/slack/bot-token'
import type { Runtime } from '../../lib/runtime'
import { APP, TEAM, USERS } from '../slack/workspace'
import { must } from './demo-people'

/** Left unlinked, so that a newcomer can try how it is done. */
const UNLINKED = 'daniel'

/** What the demonstration needs of Slack: the workspace, and who is who. Safe to call at each start. */
export async function seedSlack(runtime: Runtime): Promise<void> {
  const { slack } = runtime.config
  if (!slack?.botToken || slack.appId !== APP.id) return
  await seedWorkspace(runtime, slack.botToken)
  await seedLinks(runtime)
}

/** The token is new at each start. */
async function seedWorkspace({ db, sealer, now }: Runtime, botToken: string): Promise<void> {
  const tokens = sealTokens(
    sealer,
    TEAM.id,
    { botToken, refreshToken: null, expiresInMs: null },
    now(),
  )
  const row = {
    teamId: TEAM.id,
    teamName: TEAM.name,
    appId: APP.id,
    botUserId: APP.botUserId,
    ...tokens,
    scopes: ['chat:write', 'commands', 'im:write', 'links:read', 'links:write', 'users:read'],
    pausedUntil: null,
    fault: null,
    faultAt: null,
  }
  await db.slackWorkspace.upsert({
    where: { id: 1 },
    update: row,
    create: { id: 1, ...row, installedAt: new Date(now()) },
  })
}

/** Whoever was linked once is left as they are: they may have ended it. */
async function seedLinks(runtime: Runtime): Promise<void> {
  for (const { id, name, realName } of USERS) {
    if (name === UNLINKED || (await runtime.db.slackLink.count({ where: { userId: id } })) > 0) {
      continue
    }
    const email = `${name}@osterby.example`
    const person = await runtime.db.person.findUnique({ where: { email } })
    if (!person) continue
    const user = { enterpriseId: '', teamId: TEAM.id, userId: id }
    const { url } = must(await startSlackLink(runtime, { user, userName: realName }))
    const secret = new URL(url).hash.slice(1)
    must(await linkSlack(runtime, { secret, personId: person.id }))
  }
}
