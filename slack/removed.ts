import type { App } from '@slack/bolt'
import { endWorkspace } from '#lib/commands/slack/workspace/end-workspace'
import { SECOND_MS } from '#lib/core/durations'
import type { SlackDeps } from './deps'

/** The app was removed, or its token revoked, in Slack: nothing gets through any more, and the console says why. */
export function register(app: App, { runtime }: SlackDeps): void {
  app.event('app_uninstalled', async ({ body }) => {
    await endWorkspace(runtime, { cause: 'app_uninstalled', at: happenedAt(body) })
  })
  app.event('tokens_revoked', async ({ body, event }) => {
    // Tokens of people are none of ours.
    if ((event.tokens.bot ?? []).length === 0) return
    await endWorkspace(runtime, { cause: 'tokens_revoked', at: happenedAt(body) })
  })
}

/** The second is the last one that it can have been. */
function happenedAt({ event_time: seconds }: { event_time: number }): number {
  return (seconds + 1) * SECOND_MS - 1
}
