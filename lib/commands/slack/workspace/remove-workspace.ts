import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import { failureWords } from '#lib/notify/slack/answer'
import { revokeToken } from '#lib/notify/slack/oauth'
import { unsealBotToken } from '#lib/notify/slack/tokens-at-rest'
import type { Runtime } from '#lib/runtime'
import { isAdmin } from './is-admin'
import { lockWorkspace } from './keep-workspace'

type RemoveRuntime = Pick<Runtime, 'db' | 'config' | 'sealer' | 'slack' | 'now' | 'log'>

/**
 * An admin takes the app out of the workspace: the token is revoked in Slack and forgotten here. It is forgotten even where
 * Slack cannot be reached; `isRevoked` then says that it has to be removed in Slack too.
 */
export async function removeWorkspace(
  runtime: RemoveRuntime,
  { byPersonId }: { byPersonId: string },
): Promise<Result<{ isRevoked: boolean }>> {
  const { db, sealer, config, log } = runtime
  if (!(await isAdmin(db, byPersonId))) {
    return refuse('forbidden', { detail: 'Only an admin may remove the app.' })
  }
  const row = await db.slackWorkspace.findUnique({ where: { id: 1 } })
  if (row === null) return refuse('not_found', { detail: 'The app is not installed.' })
  const token = unsealBotToken(sealer, row)
  const apiUrl = config.slack?.apiUrl
  const answer = token !== null && apiUrl ? await revokeToken(apiUrl, token) : null
  if (answer && !answer.ok)
    log.warn({ answer: failureWords(answer) }, 'the bot token could not be revoked in Slack')
  // Whatever Slack refuses to revoke is worth nothing already.
  const isGone =
    answer === null ? row.sealedBotToken === '' : answer.ok || answer.kind === 'refused'
  const team = row.teamId
  await inTransaction(db, async (tx) => {
    const current = await lockWorkspace(tx)
    if (current === null) return
    await tx.slackWorkspace.delete({ where: { id: 1 } })
    const actor = { kind: 'person', id: byPersonId } as const
    const body = { team, cause: 'console', revoked: isGone }
    await appendEvents(
      tx,
      [{ stream: 'installation', type: 'slack.removed', actor, body }],
      runtime.now(),
    )
  })
  runtime.slack?.forgetWorkspace()
  return ok({ isRevoked: isGone })
}
