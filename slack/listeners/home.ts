import type { App } from '@slack/bolt'
import { linkedPerson } from '#lib/auth/slack-identity'
import { failureWords } from '#lib/notify/slack/answer'
import { homeBlocks } from '#lib/notify/slack/blocks/home'
import { slackHomeView } from '#lib/queries/slack/home-view'
import type { ListenerDeps } from './deps'
import { presserOf } from './who'

/** The tab of the app: the inbox of whoever opens it, read anew each time. */
export function register(app: App, { runtime, slack }: ListenerDeps): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return
    const { user } = presserOf(body)
    const person = await linkedPerson(runtime.db, user)
    const view = await slackHomeView(runtime, { personId: person?.personId ?? null })
    const published = await slack.publishHome({ userId: user.userId, view: homeBlocks(view) })
    if (!published.ok) {
      const answer = failureWords(published)
      runtime.log.info({ answer }, "the app's home could not be published")
    }
  })
}
