import type { App } from '@slack/bolt'
import { linkedPerson } from '#lib/auth/slack-identity'
import { failureWords } from '#lib/notify/slack/answer'
import { homeBlocks } from '#lib/notify/slack/blocks/home'
import { slackHomeView } from '#lib/queries/slack/home-view'
import { whyUnlinked } from '#lib/queries/slack/why-unlinked'
import type { Runtime } from '#lib/runtime'
import type { SlackUser } from '#lib/wire/slack/buttons'
import type { SlackHomeView } from '#lib/wire/views/slack'
import type { ListenerDeps } from './deps'
import { presserOf } from './who'

/** The tab of the app: the inbox of whoever opens it, read anew each time. */
export function register(app: App, { runtime, slack }: ListenerDeps): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return
    const { user } = presserOf(body)
    const view = await homeOf(runtime, user)
    const published = await slack.publishHome({ userId: user.userId, view: homeBlocks(view) })
    if (!published.ok) {
      const answer = failureWords(published)
      runtime.log.info({ answer }, "the app's home could not be published")
    }
  })
}

/** The same, wherever it is asked for. */
export async function homeOf(runtime: Runtime, user: SlackUser): Promise<SlackHomeView> {
  const person = await linkedPerson(runtime.db, user)
  if (person) return await slackHomeView(runtime, { personId: person.personId })
  return await slackHomeView(runtime, {
    personId: null,
    whyNobody: await whyUnlinked(runtime, user),
  })
}
