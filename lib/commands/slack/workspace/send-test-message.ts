import { SECOND_MS } from '#lib/core/durations'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import type { SlackFailure } from '#lib/notify/slack/answer'
import type { SlackContent } from '#lib/notify/slack/content'
import type { Runtime } from '#lib/runtime'
import { isAdmin } from './is-admin'

export interface SendTestMessageInput {
  /** Id of a channel. */
  channel: string
  byPersonId: string
}

/**
 * An admin has Countersign say in a channel that it can speak there: so nobody waits for a held request to learn that it
 * cannot. Told on the installation's stream once Slack has it.
 * @returns refusals `forbidden`, `unavailable` (Slack does not answer), `invalid_body` (Slack will not have it in this channel)
 */
export async function sendTestMessage(
  { db, slack, now, installation }: Pick<Runtime, 'db' | 'slack' | 'now' | 'installation'>,
  { channel, byPersonId }: SendTestMessageInput,
): Promise<Result<undefined>> {
  if (!(await isAdmin(db, byPersonId))) {
    return refuse('forbidden', { detail: 'Only an admin sends a test message.' })
  }
  if (slack === null) return refuse('unavailable', { detail: 'Slack is not set up here.' })
  const answer = await slack.post({ channel, content: contentOf(installation.name) })
  if (!answer.ok) return refusalOf(answer)
  await inTransaction(db, (tx) =>
    appendEvents(
      tx,
      [
        {
          stream: 'installation',
          type: 'slack.test_sent',
          actor: { kind: 'person', id: byPersonId },
          body: { channel },
        },
      ],
      now(),
    ),
  )
  return ok()
}

function contentOf(organisation: string): SlackContent {
  const text = `Countersign of ${organisation} can post here. This is a test: nothing waits for anybody.`
  return { text, blocks: [{ type: 'section', text: { type: 'plain_text', text, emoji: false } }] }
}

const CHANNEL_WORDS: Record<string, string> = {
  channel_not_found: 'Slack knows no such channel, or it is private and Countersign is not in it.',
  not_in_channel: 'Countersign is not in this channel. Invite it there: /invite @Countersign.',
  is_archived: 'This channel is archived.',
  restricted_action: 'The workspace lets only some people post in this channel.',
}

function refusalOf(failure: SlackFailure): Refused {
  if (failure.kind === 'unreachable') return refuse('unavailable', { detail: failure.why })
  if (failure.kind === 'rate_limited') {
    const seconds = Math.ceil(failure.retryAfterMs / SECOND_MS)
    return refuse('unavailable', { detail: `Slack asked to wait ${seconds} s. Try again then.` })
  }
  if (failure.code === 'not_installed') {
    return refuse('unavailable', { detail: 'Countersign is in no Slack workspace yet.' })
  }
  const words = CHANNEL_WORDS[failure.code]
  if (words === undefined) {
    return refuse('unavailable', { detail: `Slack refused it: ${failure.code}.` })
  }
  const field = { path: '/channel', message: words, code: failure.code }
  return refuse('invalid_body', { detail: words, fields: [field] })
}
