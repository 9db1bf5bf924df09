import type { HomeView, KnownBlock } from '@slack/types'
import { SLACK_ACTIONS } from '#lib/wire/slack'
import type { CardView, SlackHomeView } from '#lib/wire/views-slack'
import type { SlackContent } from '../content'
import { cardButtons, openButton } from './buttons'
import { subjectText } from './card'
import { bold, caption, cut, escaped, fence, paragraph, plain, said } from './text'
import { closesText } from './when'

/** The tab of the app: what needs this person first. */
export function homeBlocks(view: SlackHomeView): HomeView {
  return { type: 'home', blocks: inboxBlocks(view) }
}

/** The answer to `/countersign inbox`, visible to whoever asked. */
export function inboxMessage(view: SlackHomeView): SlackContent {
  return { text: escaped(`${leadText(view)}. ${restText(view)}`), blocks: inboxBlocks(view) }
}

/** More would not fit in a message; the query sends no more. */
const MOST_ROWS = 5
const MOST_GOAL = 150

function inboxBlocks(view: SlackHomeView): KnownBlock[] {
  return [
    { type: 'header', text: plain(leadText(view)) },
    paragraph([said(restText(view))]),
    ...view.needsMe.slice(0, MOST_ROWS).flatMap(rowBlocks),
    ...moreLine(view),
    {
      type: 'actions',
      elements: [...linkButton(view), openButton('Open the inbox', view.inboxUrl)],
    },
  ]
}

function leadText({ person, needsMeCount }: SlackHomeView): string {
  if (person === null) return 'Countersign does not know who you are in Slack yet'
  if (needsMeCount === 0) return 'Nothing needs you'
  return needsMeCount === 1 ? 'One request needs you' : `${needsMeCount} requests need you`
}

function restText({ person, needsMeCount, openCount, organisation }: SlackHomeView): string {
  if (person === null) {
    return `Link your account, signed in to the console of ${organisation}, and what needs you is listed here.`
  }
  const others = openCount - needsMeCount
  if (others <= 0) return needsMeCount === 0 ? 'No request is held.' : 'Nothing else is held.'
  return others === 1 ? 'One more is held for others.' : `${others} more are held for others.`
}

function linkButton({ person }: SlackHomeView) {
  if (person !== null) return []
  const text = plain('Link your account')
  return [{ type: 'button' as const, action_id: SLACK_ACTIONS.link, text }]
}

function moreLine({ needsMe, needsMeCount }: SlackHomeView): KnownBlock[] {
  const rest = needsMeCount - Math.min(needsMe.length, MOST_ROWS)
  return rest > 0 ? [caption(`And ${rest} more, in the inbox.`)] : []
}

function rowBlocks(card: CardView): KnownBlock[] {
  const closes = card.closesAt === null ? '' : ` · closes ${closesText(card.closesAt, card)}`
  return [
    { type: 'divider' },
    paragraph([
      bold(`${card.headline}: ${subjectText(card)}`),
      said(`, for ${cut(card.callerName, 80)}`),
    ]),
    fence(card.goal, MOST_GOAL),
    cardButtons({ ...card, evidenceIn: card.wantsVote ? null : card.evidenceIn }, null),
    caption(`${card.requestId}${closes}`),
  ]
}
