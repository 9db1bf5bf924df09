import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { Runtime } from '#lib/runtime'
import { lockWorkspace } from './keep-workspace'

/** Slack's own events: somebody removed the app, or revoked its token, in Slack. */
export type EndCause = 'app_uninstalled' | 'tokens_revoked'

const WORDS: Record<EndCause, string> = {
  app_uninstalled: 'The app was removed in Slack. Install it again to go on.',
  tokens_revoked: 'The bot token was revoked in Slack. Install the app again to go on.',
}

/**
 * Slack says that the token is gone: forgets it and says why nothing gets through any more.
 *
 * @param at epoch ms at which it happened: what is told late does not end an installation made since
 */
export async function endWorkspace(
  runtime: Pick<Runtime, 'db' | 'slack' | 'now'>,
  { cause, at }: { cause: EndCause; at: number },
): Promise<void> {
  await inTransaction(runtime.db, async (tx) => {
    const row = await lockWorkspace(tx)
    if (row === null || row.sealedBotToken === '' || row.installedAt.getTime() > at) return
    await tx.slackWorkspace.update({
      where: { id: 1 },
      data: {
        sealedBotToken: '',
        sealedRefreshToken: null,
        tokenExpiresAt: null,
        fault: WORDS[cause],
        faultAt: new Date(runtime.now()),
      },
    })
    const body = { team: row.teamId, cause, revoked: true }
    const actor = { kind: 'system' } as const
    await appendEvents(
      tx,
      [{ stream: 'installation', type: 'slack.removed', actor, body }],
      runtime.now(),
    )
  })
  runtime.slack?.forgetWorkspace()
}
