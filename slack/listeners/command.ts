import type { App, SlashCommand } from '@slack/bolt'
import { linkedPerson } from '#lib/auth/slack-identity'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { failureWords } from '#lib/notify/slack/answer'
import { inboxMessage } from '#lib/notify/slack/blocks/home'
import { type RefusalInput, refusalMessage } from '#lib/notify/slack/blocks/refusal'
import { helpMessage, linkAnswer } from '#lib/notify/slack/blocks/replies'
import { UNLINKED } from '#lib/notify/slack/blocks/unlinked'
import type { SlackContent } from '#lib/notify/slack/content'
import { whyUnlinked } from '#lib/queries/slack/why-unlinked'
import type { WhyUnlinked } from '#lib/wire/views/slack'
import type { ListenerDeps } from './deps'
import { homeOf } from './home'
import { alreadyText } from './link'
import { identify, type Presser, presserOf } from './who'

type Answer = (deps: ListenerDeps, presser: Presser) => Promise<SlackContent>

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['', inbox],
  ['inbox', inbox],
  ['link', link],
  ['unlink', unlink],
  ['help', help],
])

/** `/countersign`, answered for the eyes of whoever typed it. A word that it does not know gets the list of those it does. */
export function register(app: App, deps: ListenerDeps): void {
  app.command('/countersign', async ({ ack, body, command }) => {
    await ack()
    const answer = ANSWERS.get(command.text.trim().toLowerCase()) ?? unknown
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
  return inboxMessage(await homeOf(runtime, user))
}

async function link(deps: ListenerDeps, presser: Presser): Promise<SlackContent> {
  const who = await identify(deps, presser)
  if (who.isKnown) {
    const url = accountUrl(deps.runtime)
    return refusalMessage({ title: 'You are linked', text: alreadyText(who.person), url })
  }
  return who.link ? linkAnswer(who.link) : refusalMessage(who.told)
}

async function unlink({ runtime }: ListenerDeps, { user }: Presser): Promise<SlackContent> {
  const person = await linkedPerson(runtime.db, user)
  if (!person) return refusalMessage(nothingToEnd(await whyUnlinked(runtime, user)))
  const { personId, name } = person
  const done = await unlinkSlack(runtime, { personId, byPersonId: personId })
  if (!done.ok) return refusalMessage(nothingToEnd('ended'))
  return refusalMessage({
    title: 'Unlinked',
    text: `Nothing that you press in Slack counts as ${name} any more. Votes that you gave stand.`,
  })
}

function help(): Promise<SlackContent> {
  return Promise.resolve(helpMessage())
}

function unknown(): Promise<SlackContent> {
  return Promise.resolve(helpMessage({ isUnknown: true }))
}

function nothingToEnd(why: WhyUnlinked): RefusalInput {
  const { title, why: cause } = UNLINKED[why]
  if (why === 'deactivated') return { title, text: cause }
  return { title: 'You are not linked', text: `${title}, so there is nothing to end.` }
}

function accountUrl({ config }: ListenerDeps['runtime']): string {
  return `${config.publicUrl}/account`
}
