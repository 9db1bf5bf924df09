import type { HomeView, KnownBlock } from '@slack/types'
import { SLACK_ACTIONS } from '#lib/wire/slack'
import { SLACK_LIMITS } from '#lib/wire/slack-budget'
import type { CardView, SlackHomeView } from '#lib/wire/views-slack'
import type { SlackContent } from '../content'
import { cardButtons, openButton } from './buttons'
import { closesText, subjectText } from './card'
import { caption, escaped, fence, paragraph, plain, said } from './text'

/** The tab of the app: what needs this person first. */
export function homeBlocks(view: SlackHomeView): HomeView {
  return { type: 'home', blocks: inboxBlocks(view) }
}

/** The answer to `/countersign inbox`, visible to whoever asked. */
export function inboxMessage(view: SlackHomeView): SlackContent {
  return { text: escaped(leadText(view)), blocks: inboxBlocks(view) }
}

function inboxBlocks(view: SlackHomeView): KnownBlock[] {
  const head: KnownBlock[] = [
    { type: 'header', text: plain(leadText(view), SLACK_LIMITS.header) },
    ...view.needsMe.flatMap(rowBlocks),
  ]
  const link = {
    type: 'button' as const,
    action_id: SLACK_ACTIONS.link,
    text: plain('Link your account'),
  }
  return [
    ...head,
    {
      type: 'actions',
      elements: [
        ...(view.person === null ? [link] : []),
        openButton('Open the inbox', view.inboxUrl),
      ],
    },
  ]
}

function leadText({ person, needsMeCount }: SlackHomeView): string {
  if (person === null) return 'Countersign does not know who you are in Slack yet'
  if (needsMeCount === 0) return 'Nothing needs you'
  return needsMeCount === 1 ? 'One request needs you' : `${needsMeCount} requests need you`
}

function rowBlocks(card: CardView): KnownBlock[] {
  const closes = card.closesAt === null ? '' : ` Closes ${closesText(card.closesAt, card)}.`
  return [
    paragraph([said(`${subjectText(card)}, for ${card.callerName}.${closes}`)]),
    fence(card.goal, 200),
    cardButtons(card, null),
    caption(card.requestId),
  ]
}
