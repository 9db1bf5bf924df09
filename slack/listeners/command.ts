import type { App, SlashCommand } from '@slack/bolt'
import { linkedPerson } from '#lib/auth/slack-identity'
import { startSlackLink } from '#lib/commands/slack/start-slack-link'
import { unlinkSlack } from '#lib/commands/slack/unlink-slack'
import { refusalEntry } from '#lib/core/refusals'
import { failureWords } from '#lib/notify/slack/answer'
import { inboxMessage } from '#lib/notify/slack/blocks/home'
import { refusalMessage } from '#lib/notify/slack/blocks/refusal'
import { helpMessage, linkMessage } from '#lib/notify/slack/blocks/replies'
import type { SlackContent } from '#lib/notify/slack/content'
import { slackHomeView } from '#lib/queries/slack/home-view'
import type { ListenerDeps } from './deps'
import { type Presser, presserOf } from './who'

type Answer = (deps: ListenerDeps, presser: Presser) => Promise<SlackContent>

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['', inbox],
  ['inbox', inbox],
  ['link', link],
  ['unlink', unlink],
])

/** `/countersign`, answered for the eyes of whoever typed it. A word that it does not know gets the list of those it does. */
export function register(app: App, deps: ListenerDeps): void {
  app.command('/countersign', async ({ ack, body, command }) => {
    await ack()
    const answer = ANSWERS.get(command.text.trim().toLowerCase()) ?? help
    const content = await answer(deps, presserOf(body))
    await tell(deps, command, content)
  })
}

/**
 * What may be read by one person alone goes to that person, by their id. The address that came with the command goes to
 * whoever it names, so it is only the way where the app is no member: in a conversation of two others, say.
 */
async function tell(
  { runtime, slack }: ListenerDeps,
  command: SlashCommand,
  content: SlackContent,
): Promise<void> {
  const { channel_id: channel, user_id: user, response_url: responseUrl } = command
  const told = await slack.postEphemeral({ channel, user, content })
  if (told.ok) return
  const answered = await slack.respond({ responseUrl, content, replaceOriginal: false })
  if (answered.ok) return
  const answers = [told, answered].map(failureWords)
  runtime.log.info({ answers }, 'a command in Slack could not be answered')
}

async function inbox({ runtime }: ListenerDeps, { user }: Presser): Promise<SlackContent> {
  const person = await linkedPerson(runtime.db, user)
  return inboxMessage(await slackHomeView(runtime, { personId: person?.personId ?? null }))
}

async function link({ runtime }: ListenerDeps, presser: Presser): Promise<SlackContent> {
  const started = await startSlackLink(runtime, presser)
  if (started.ok) return linkMessage(started.value)
  const { code, detail } = started.refusal
  const { title, sentence } = refusalEntry(code)
  return refusalMessage({ title, text: detail ?? sentence, url: accountUrl(runtime) })
}

async function unlink({ runtime }: ListenerDeps, { user }: Presser): Promise<SlackContent> {
  const person = await linkedPerson(runtime.db, user)
  if (!person) return refusalMessage(NOT_LINKED)
  const { personId, name } = person
  const done = await unlinkSlack(runtime, { personId, byPersonId: personId })
  if (!done.ok) return refusalMessage(NOT_LINKED)
  return refusalMessage({
    title: 'Unlinked',
    text: `Nothing that you press in Slack counts as ${name} any more. Votes that you gave stand.`,
  })
}

function help(): Promise<SlackContent> {
  return Promise.resolve(helpMessage())
}

const NOT_LINKED = {
  title: 'You are not linked',
  text: 'Countersign does not know who you are in Slack, so there is nothing to end.',
}

function accountUrl({ config }: ListenerDeps['runtime']): string {
  return `${config.publicUrl}/account`
}
