'use server'

import { linkSlack } from '#lib/commands/slack/person/link-slack'
import { slackLinkAsked } from '#lib/queries/slack/link-asked'
import { getWeb } from '#lib/web'
import { linkSlackForm, slackLinkSecret } from '#lib/wire/auth'
import type { SlackLinkAskedView } from '#lib/wire/views/people'
import { guarded, guardedFactor } from '../../_server/guarded'
import { type Answer, type NotDone, type Told, toldRefusal, unreadable } from '../../_server/told'
import { tooManyKnocks } from '../../_server/too-many-knocks'

/** Which Slack user the address was given to. Uses nothing up: only the button does. */
export async function readSlackLink(sent: unknown): Promise<Answer<SlackLinkAskedView>> {
  return guarded(async ({ personId }) => {
    const secret = slackLinkSecret.safeParse(sent)
    const limited = await tooManyKnocks('slack_link', personId)
    if (limited) return limited
    if (!secret.success) return NOT_WHOLE
    const asked = await slackLinkAsked(getWeb().runtime, { secret: secret.data, personId })
    return asked.ok ? { ok: true, value: asked.value } : toldSpent(asked.refusal)
  })
}

/** Links it to whoever is signed in here and proves it. */
export async function link(sent: unknown): Promise<Told> {
  return guardedFactor(async ({ personId }) => {
    const form = linkSlackForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const limited = await tooManyKnocks('slack_link', personId)
    if (limited) return limited
    const linked = await linkSlack(getWeb().runtime, { ...form.data, personId })
    if (linked.ok) return { ok: true, text: 'Linked.' }
    return linked.refusal.code === 'unauthenticated'
      ? toldSpent(linked.refusal)
      : toldRefusal(linked.refusal)
  })
}

const NOT_WHOLE: NotDone = {
  ok: false,
  title: 'This address is not whole',
  text: 'Open it from Slack again, or type /countersign link there for a new one.',
}

/** Whoever is here is signed in: what is not accepted is the address. */
function toldSpent(refusal: Parameters<typeof toldRefusal>[0]): NotDone {
  const told = toldRefusal(refusal)
  return refusal.code === 'unauthenticated'
    ? { ...told, title: 'This address links nobody any more' }
    : told
}
