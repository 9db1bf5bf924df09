import type { HomeView, KnownBlock } from '@slack/types'
import { SLACK_ACTIONS } from '#lib/wire/slack'
import type { CardView, SlackHomeView } from '#lib/wire/views-slack'
import type { SlackContent } from '../content'
import { offered } from './approve-modal'
import { asManyAsFit } from './budget'
import { cardButtons, openButton } from './buttons'
import { IN_DETAILS } from './contract-text'
import { subjectText } from './phrases'
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

const MOST_GOAL = 150
const MOST_TITLE = 200

function inboxBlocks(view: SlackHomeView): KnownBlock[] {
  const head: KnownBlock[] = [
    { type: 'header', text: plain(leadText(view)) },
    paragraph([said(restText(view))]),
  ]
  const buttons = [...linkButton(view), openButton('Open the inbox', view.inboxUrl)]
  const foot: KnownBlock = { type: 'actions', elements: buttons }
  const more = (count: number) => caption(`And ${count} more, in the inbox.`)
  const rows = asManyAsFit(view.needsMe.map(rowBlocks), [...head, more(view.needsMeCount), foot])
  const left = view.needsMeCount - rows.length
  return [...head, ...rows.flat(), ...(left > 0 ? [more(left)] : []), foot]
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

function rowBlocks(card: CardView): KnownBlock[] {
  const closes = card.closesAt === null ? '' : ` · closes ${closesText(card.closesAt, card)}`
  return [
    { type: 'divider' },
    paragraph([
      bold(cut(`${card.headline}: ${subjectText(card)}`, MOST_TITLE)),
      said(`, for ${cut(card.callerName, 80)}`),
    ]),
    fence(card.goal, MOST_GOAL, IN_DETAILS),
    cardButtons({ ...offered(card), evidenceIn: card.wantsVote ? null : card.evidenceIn }, null),
    caption(`${card.requestId}${closes}`),
  ]
}
