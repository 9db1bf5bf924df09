import type { App } from '@slack/bolt'
import type { MessageAttachment } from '@slack/types'
import { linkedPerson } from '#lib/auth/slack-identity'
import { isId } from '#lib/core/ids'
import { failureWords } from '#lib/notify/slack/answer'
import { unfurlOf } from '#lib/notify/slack/blocks/unfurl'
import { cardView } from '#lib/queries/slack/card-view'
import { isSharedOutside } from '../delivery'
import type { ListenerDeps } from './deps'
import { presserOf } from './who'

/** Of one message. */
const MOST_LINKS = 5

/**
 * The address of a ticket, unfolded for the conversation that it was posted in: if it is an address of ours, and if
 * whoever posted it is linked and could read it out to them. Not where other organisations read too.
 */
export function register(app: App, { runtime, slack }: ListenerDeps): void {
  app.event('link_shared', async ({ event, body }) => {
    // Nothing is posted yet while a message is being written.
    if (event.channel === 'COMPOSER') return
    // Who else reads there is not ours to know.
    if (isSharedOutside(body)) return
    if (!(await linkedPerson(runtime.db, presserOf(body).user))) return
    const addresses = event.links.slice(0, MOST_LINKS).map(({ url }) => url)
    const unfurls = await unfurlsOf(runtime, addresses)
    if (Object.keys(unfurls).length === 0) return
    const shown = await slack.unfurl({ channel: event.channel, ts: event.message_ts, unfurls })
    if (!shown.ok) {
      const answer = failureWords(shown)
      runtime.log.info({ answer }, 'an address in Slack could not be unfolded')
    }
  })
}

async function unfurlsOf(runtime: ListenerDeps['runtime'], addresses: string[]) {
  const unfurls: Record<string, MessageAttachment> = {}
  for (const address of addresses) {
    const requestId = ticketOf(address, runtime.config.publicUrl)
    const view = requestId === null ? null : await cardView(runtime, requestId)
    if (view) unfurls[address] = unfurlOf(view)
  }
  return unfurls
}

/** The request whose page an address is; null for every other address, here or elsewhere. */
export function ticketOf(address: string, publicUrl: string): string | null {
  if (!URL.canParse(address)) return null
  const { origin, pathname, username, password } = new URL(address)
  if (origin !== new URL(publicUrl).origin || username !== '' || password !== '') return null
  const requestId = /^\/tickets\/([^/]+)$/.exec(pathname)?.[1] ?? ''
  return isId('req', requestId) ? requestId : null
}
