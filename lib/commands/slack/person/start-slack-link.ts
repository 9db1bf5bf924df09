import type { AuthRuntime } from '#lib/auth/runtime'
import { createSlackLinkCode } from '#lib/auth/slack-link-code'
import { ok, type Result, refuse } from '#lib/core/result'
import { liveLinkOfUser } from '#lib/queries/slack/live-link'
import type { SlackUser } from '#lib/wire/slack/buttons'

export interface StartSlackLinkInput {
  /** As Slack's call says, whose signature was checked. */
  user: SlackUser
  /** As Slack names the user; kept to be shown, never to be trusted. */
  userName: string
}

export interface SlackLinkStarted {
  /** Told to this Slack user alone; the secret stands in its fragment. */
  url: string
  /** Epoch ms. */
  expiresAt: number
}

/**
 * Gives a Slack user a way to the page that links them to whoever is signed in there. It holds for ten minutes and once;
 * only the SHA-256 of its secret is kept.
 * @returns refusal `already_linked`, with whose name it is
 */
export async function startSlackLink(
  runtime: Pick<AuthRuntime, 'config' | 'db' | 'now' | 'randomBytes'>,
  { user, userName }: StartSlackLinkInput,
): Promise<Result<SlackLinkStarted>> {
  const { config, db, randomBytes } = runtime
  const link = await liveLinkOfUser(db, user)
  if (link?.person.active) {
    return refuse('already_linked', {
      detail: `You are linked to ${link.person.name} already. To end that, use your account page.`,
    })
  }
  const asked = { user, userName: nameToKeep(userName), randomBytes }
  const { secret, expiresAt } = await createSlackLinkCode(db, asked, runtime.now())
  return ok({ url: `${config.publicUrl}/slack/link#${secret}`, expiresAt })
}

const MOST_NAME = 80
const HALF_CHARACTERS = /[\ud800-\udfff]/gu

/** Slack bounds names itself; PostgreSQL takes neither U+0000 nor half a character. */
function nameToKeep(name: string): string {
  return name.slice(0, MOST_NAME).replaceAll(HALF_CHARACTERS, '').replaceAll('\0', '')
}
