import { z } from 'zod'
import { type LinkedPerson, linkedPerson } from '#lib/auth/slack-identity'
import { startSlackLink } from '#lib/commands/slack/person/start-slack-link'
import type { RefusalInput } from '#lib/notify/slack/blocks/refusal'
import type { linkMessage } from '#lib/notify/slack/blocks/replies'
import { UNLINKED } from '#lib/notify/slack/blocks/unlinked'
import { whyUnlinked } from '#lib/queries/slack/why-unlinked'
import type { SlackUser } from '#lib/wire/slack/buttons'
import type { WhyUnlinked } from '#lib/wire/views/slack'
import { senderOf } from '../delivery'
import type { ListenerDeps } from './deps'

/** Who pressed, as Slack's signed body says. */
export interface Presser {
  user: SlackUser
  /** As Slack names them; shown, never trusted. */
  userName: string
}

/** The human behind a Slack user, or why nothing they do counts. */
export type Identified =
  | { isKnown: true; person: LinkedPerson }
  | { isKnown: false; told: RefusalInput; link: LinkOffer | null }

/** Where somebody says who they are; null for somebody who is known and may do nothing. */
export type LinkOffer = Parameters<typeof linkMessage>[0]

/**
 * Who a click, a form or a command is from. By the gate it is certain that Slack said so and that it is a member of our
 * workspace.
 */
export function presserOf(body: object): Presser {
  const { teamId, enterpriseId, userId } = senderOf({ ...body }) ?? NOBODY
  if (teamId === null || userId === null) throw new Error('A press is from somebody')
  return { user: { enterpriseId, teamId, userId }, userName: nameOf(body) ?? userId }
}

const NOBODY = { teamId: null, userId: null, enterpriseId: '' }

const named = z.union([
  z.object({ user_name: z.string() }).transform(({ user_name }) => user_name),
  z.object({ user: z.object({ username: z.string() }) }).transform(({ user }) => user.username),
  z.object({ user: z.object({ name: z.string() }) }).transform(({ user }) => user.name),
])

function nameOf(body: object): string | null {
  const parsed = named.safeParse(body)
  return parsed.success ? parsed.data : null
}

/** Asked again at each press: a link that was ended and a person who was deactivated count for nothing at once. */
export async function identify(
  { runtime }: Pick<ListenerDeps, 'runtime'>,
  presser: Presser,
): Promise<Identified> {
  const person = await linkedPerson(runtime.db, presser.user)
  if (person) return { isKnown: true, person }
  const why = await whyUnlinked(runtime, presser.user)
  const told = wordsFor(why)
  if (why === 'deactivated') return { isKnown: false, told, link: null }
  const started = await startSlackLink(runtime, presser)
  // Linked just now, in the console.
  if (!started.ok) return { isKnown: false, told: PRESS_AGAIN, link: null }
  const { url } = started.value
  return { isKnown: false, told: { ...told, url, label: 'Link your account' }, link: { url, why } }
}

const PRESS_AGAIN: RefusalInput = {
  title: 'Your account was linked just now',
  text: 'Press the button again. Nothing was counted yet.',
}

function wordsFor(why: WhyUnlinked): RefusalInput {
  const { title, why: cause, next } = UNLINKED[why]
  if (why === 'deactivated') return { title, text: `${cause} Nothing was recorded.` }
  return { title, text: `${cause}${next}, then press the button again. Nothing was counted.` }
}
