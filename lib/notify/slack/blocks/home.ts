import type { HomeView, KnownBlock } from '@slack/types'
import { SLACK_ACTIONS } from '#lib/wire/slack/buttons'
import type { CardView, SlackHomeView } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { offered } from './approve-modal'
import { asManyAsFit } from './budget'
import { cardButtons, openButton } from './buttons'
import { IN_DETAILS } from './contract-text'
import { subjectText } from './phrases'
import { bold, caption, cut, escaped, fence, paragraph, plain, said } from './text'
import { UNLINKED } from './unlinked'
import { absoluteText, closesText } from './when'

/** The tab of the app: what needs this person first. */
export function homeBlocks(view: SlackHomeView): HomeView {
  return { type: 'home', blocks: inboxBlocks(view, closesText) }
}

/** The answer to `/countersign inbox`, visible to whoever asked. */
export function inboxMessage(view: SlackHomeView): SlackContent {
  return {
    text: escaped(`${leadText(view)}. ${restText(view)}`),
    blocks: inboxBlocks(view, absoluteText),
  }
}

const MOST_GOAL = 150
const MOST_TITLE = 200

/** `closing`: how the end of a row is told; what was answered once is not written anew. */
function inboxBlocks(view: SlackHomeView, closing: typeof closesText): KnownBlock[] {
  const head: KnownBlock[] = [
    { type: 'header', text: plain(leadText(view)) },
    paragraph([said(restText(view))]),
  ]
  const buttons = [...linkButton(view), openButton('Open the inbox', view.inboxUrl)]
  const foot: KnownBlock = { type: 'actions', elements: buttons }
  const more = (count: number) => caption(`And ${count} more, in the inbox.`)
  const mine = view.needsMe.map((card) => rowBlocks(card, closing))
  const rows = asManyAsFit(mine, [...head, more(view.needsMeCount), foot])
  const left = view.needsMeCount - rows.length
  const shown = [...head, ...rows.flat(), ...(left > 0 ? [more(left)] : [])]
  return [...shown, ...stoppableBlocks(view, closing, [...shown, foot]), foot]
}

function leadText({ person, whyNobody, needsMeCount }: SlackHomeView): string {
  if (person === null) return UNLINKED[whyNobody ?? 'never'].title
  if (needsMeCount === 0) return 'Nothing needs you'
  return needsMeCount === 1 ? 'One request needs you' : `${needsMeCount} requests need you`
}

function restText(view: SlackHomeView): string {
  const { person, needsMeCount, openCount } = view
  if (person === null) return nobodyText(view)
  const others = openCount - needsMeCount
  if (others <= 0) return needsMeCount === 0 ? 'No request is held.' : 'Nothing else is held.'
  return others === 1 ? 'One more is held for others.' : `${others} more are held for others.`
}

function nobodyText({ whyNobody, organisation }: SlackHomeView): string {
  const { why, next } = UNLINKED[whyNobody ?? 'never']
  return next === '' ? why : `${why}${next} of ${organisation}, and what needs you is listed here.`
}

function linkButton({ person, whyNobody }: SlackHomeView) {
  if (person !== null || whyNobody === 'deactivated') return []
  const text = plain('Link your account')
  return [{ type: 'button' as const, action_id: SLACK_ACTIONS.link, text }]
}

/** Nothing of theirs is missing, and still they can stop it. */
function stoppableBlocks(
  { stoppable }: SlackHomeView,
  closing: typeof closesText,
  rest: KnownBlock[],
): KnownBlock[] {
  const lead: KnownBlock[] = [
    { type: 'divider' },
    paragraph([bold('Held, and nothing of yours is missing')]),
  ]
  const shown = stoppable.map((card) =>
    rowBlocks({ ...card, wantsVote: false, evidenceIn: null }, closing),
  )
  const rows = asManyAsFit(shown, [...rest, ...lead])
  return rows.length === 0 ? [] : [...lead, ...rows.flat()]
}

function rowBlocks(card: CardView, closing: typeof closesText): KnownBlock[] {
  const closes = card.closesAt === null ? '' : ` · closes ${closing(card.closesAt, card)}`
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
