import { createHash } from 'node:crypto'
import type { SlackConfig } from '#lib/config'
import { inTransaction } from '#lib/db/transaction'
import { failureWords } from '#lib/notify/slack/answer'
import { exchangeCode, type Installation, revokeToken } from '#lib/notify/slack/oauth'
import type { Runtime } from '#lib/runtime'
import type { InstallOutcome } from '#lib/wire/slack/install'
import { takeDelivery } from '../delivery/take-delivery'
import { isAdmin } from './is-admin'
import { keepWorkspaceRow, lockWorkspace, type NewWorkspace } from './keep-workspace'
import { type InstallingSession, installRedirect, isStateOf } from './start-install'

type InstallRuntime = Pick<Runtime, 'db' | 'config' | 'sealer' | 'slack' | 'now' | 'log'>
type Client = NonNullable<SlackConfig['client']>

/**
 * Slack brought an admin back with a code: exchanges it and keeps the workspace, its tokens sealed. The state opens in the
 * session that began, once.
 */
export async function installWorkspace(
  runtime: InstallRuntime,
  { session, code, state }: { session: InstallingSession; code: string; state: string },
): Promise<InstallOutcome> {
  const { slack } = runtime.config
  if (!slack?.client) return 'refused'
  if (!(await isAdmin(runtime.db, session.personId))) return 'forbidden'
  if (!isStateOf(runtime, session, state)) return 'state'
  const once = createHash('sha256').update(state).digest('hex')
  if (!(await takeDelivery(runtime, `install:${once}`))) return 'state'
  const redirectUri = installRedirect(runtime.config)
  const { apiUrl, client } = slack
  const answer = await exchangeCode({ apiUrl, client }, { code, redirectUri })
  if (!answer.ok) {
    runtime.log.warn(
      { answer: failureWords(answer) },
      'Slack did not exchange the code of an installation',
    )
    return answer.kind === 'refused' ? 'refused' : 'unreachable'
  }
  const outcome = await keep(runtime, { ...slack, client }, answer.value, session.personId)
  if (outcome === 'done') runtime.slack?.forgetWorkspace()
  // A token that nobody keeps is made worthless, and the app leaves where it has no business.
  else await revokeToken(apiUrl, answer.value.botToken)
  return outcome
}

async function keep(
  runtime: InstallRuntime,
  slack: { appId: string; client: Client },
  installation: Installation,
  personId: string,
): Promise<InstallOutcome> {
  const { team, appId, botUserId, scopes, enterpriseId } = installation
  if (installation.isEnterpriseWide || team === null) return 'enterprise_wide'
  if (appId !== slack.appId) return 'other_app'
  const { botToken, refreshToken, expiresInMs } = installation
  const workspace: NewWorkspace = {
    enterpriseId,
    teamId: team.id,
    teamName: team.name,
    appId,
    botUserId,
    scopes,
    tokens: { botToken, refreshToken, expiresInMs },
    byPersonId: personId,
  }
  return await inTransaction(runtime.db, async (tx) => {
    const before = await lockWorkspace(tx)
    const isElsewhere = before !== null && before.sealedBotToken !== '' && before.teamId !== team.id
    if (isElsewhere) return 'other_workspace'
    await keepWorkspaceRow(tx, runtime, workspace, before)
    return 'done'
  })
}
