import { z } from 'zod'
import { type LinkedPerson, linkedPerson } from '#lib/auth/slack-identity'
import { startSlackLink } from '#lib/commands/slack/start-slack-link'
import type { RefusalInput } from '#lib/notify/slack/blocks/refusal'
import { type WhyUnlinked, whyUnlinked } from '#lib/queries/slack/why-unlinked'
import type { SlackUser } from '#lib/wire/slack'
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
  /** `linkUrl`: where they say who they are; null for somebody who is known and may do nothing. */
  | { isKnown: false; told: RefusalInput; linkUrl: string | null }

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
  if (why === 'deactivated') return { isKnown: false, told: DEACTIVATED, linkUrl: null }
  const started = await startSlackLink(runtime, presser)
  // Linked just now, in the console.
  if (!started.ok) return { isKnown: false, told: PRESS_AGAIN, linkUrl: null }
  const { url } = started.value
  return { isKnown: false, told: { ...UNLINKED[why], url }, linkUrl: url }
}

const DEACTIVATED: RefusalInput = {
  title: 'Your account is not active',
  text: 'An admin deactivated it, so nothing that you press here counts. Nothing was recorded.',
}

const PRESS_AGAIN: RefusalInput = {
  title: 'Your account was linked just now',
  text: 'Press the button again. Nothing was counted yet.',
}

const UNLINKED: Record<Exclude<WhyUnlinked, 'deactivated'>, RefusalInput> = {
  never: {
    title: 'Countersign does not know who you are in Slack yet',
    text: 'Link your account in the console, then press the button again. Nothing was counted.',
  },
  ended: {
    title: 'Your Slack account is no longer linked',
    text: 'The link was ended. Link your account again in the console, then press the button again. Nothing was counted.',
  },
}
