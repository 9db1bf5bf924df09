import type { KnownBlock } from '@slack/types'
import { visibleText } from '#lib/core/contract/visible'
import { timeText } from '#lib/wire/clock'
import { SLACK_LIMITS, slackLength } from '#lib/wire/slack/budget'
import type { Instant } from '#lib/wire/views/common'
import type { CardView } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { offered } from './approve-modal'
import { fitted } from './budget'
import { cardButtons } from './buttons'
import { contractText, IN_DETAILS, keptUnits } from './contract-text'
import { oddLetters } from './odd-letters'
import { LINE, NAME, shortList, subjectText, UNBOUND } from './phrases'
import {
  BREAK,
  bold,
  bullets,
  caption,
  code,
  cut,
  escaped,
  fence,
  mrkdwn,
  paragraph,
  plain,
  said,
  sentence,
  spoken,
} from './text'
import { absoluteText, clockOf } from './when'

export interface EqualAsk {
  requestId: string
  submittedAt: Instant
}

/** The message in a channel, for those who may approve. */
export function cardMessage(
  view: CardView,
  input: { messageId: string; equalAsks: readonly EqualAsk[] },
): SlackContent {
  return fitted(offered(view), (shown) => ({
    text: cardText(view),
    blocks: [
      ...cardBody(shown),
      ...equalAsksLine(shown, input.equalAsks),
      cardButtons(shown, input.messageId),
      foot(shown),
    ],
  }))
}

/** Where the contract is not shown whole, its beginning says which one it is. */
const BEGINNING = 600
const MOST_MISSING = 8
const MOST_NOTICES = 4

export function cardText(view: CardView): string {
  const story = spoken(view.story, clockOf(view))
  const whom = escaped(cut(view.callerName, NAME))
  return `${escaped(cut(view.headline, SLACK_LIMITS.header))}: ${escaped(subjectText(view))}, for ${whom}. ${story}`
}

/** What became of it, or all that is needed to judge it: what, why it is held, on what, who is behind it, what is missing. */
export function cardBody(view: CardView): KnownBlock[] {
  const head = [...headBlocks(view), sentence(view.story, clockOf(view))]
  if (view.state !== 'open') return [...head, ...noteBlocks(view), ...goalBlocks(view)]
  if (view.isSigned && !view.wantsVote) return [...head, ...goalBlocks(view)]
  return [
    ...head,
    ...claimBlocks(view),
    ...factsBlocks(view),
    ...missingBlocks(view),
    ...noticeBlocks(view),
    ...wholeLine(view),
    ...signLines(view),
  ]
}

function wholeLine(view: CardView): KnownBlock[] {
  const isShownWhole = view.offer !== 'console' && contractText(view).isWhole
  if (isShownWhole || !view.wantsVote) return []
  return [
    paragraph([
      bold('There is more than fits here.'),
      said(' It is read and approved in the console.'),
    ]),
  ]
}

/** The headline; what it is about in a line of its own where both do not fit, so that no name is cut. */
export function headBlocks(view: CardView): KnownBlock[] {
  const subject = subjectText(view)
  const whole = visibleText(`${view.headline}: ${subject}`)
  if (slackLength(whole) <= SLACK_LIMITS.header) return [{ type: 'header', text: plain(whole) }]
  return [
    { type: 'header', text: plain(view.headline, SLACK_LIMITS.header) },
    paragraph([bold(subject)]),
  ]
}

export function noteBlocks({ note }: CardView): KnownBlock[] {
  return note === null ? [] : [caption(note.lead), fence(note.text, BEGINNING)]
}

/** Of what is not judged any more: enough of the goal to tell it from others of the same tool. */
export function goalBlocks(view: CardView): KnownBlock[] {
  return [
    caption(claimLead(view)),
    fence(view.goal, MOST_TOLD_GOAL, IN_DETAILS),
    ...oddLetters([keptUnits(view.goal, MOST_TOLD_GOAL)]),
  ]
}

const MOST_TOLD_GOAL = 200

function claimLead({ callerName, isOwnChange }: CardView): string {
  if (isOwnChange) return `A change of Countersign itself, asked for by ${cut(callerName, NAME)}:`
  return `${cut(callerName, NAME)} claims, in its own words:`
}

/** Said by the caller, in its own face and under its own name. */
function claimBlocks(view: CardView): KnownBlock[] {
  const most = contractText(view).isWhole ? SLACK_LIMITS.text : BEGINNING
  const bound = view.arguments
  return [
    caption(claimLead(view)),
    fence(view.goal, most),
    ...(bound === null ? [] : [caption('With these arguments, bound:'), fence(bound, most)]),
    ...oddLetters([view.goal, bound ?? ''].map((text) => keptUnits(text, most))),
  ]
}

function behind({ callerName, ownerName, isOwnChange }: CardView): string {
  return isOwnChange
    ? cut(ownerName, NAME)
    : `${cut(callerName, NAME)}, owned by ${cut(ownerName, NAME)}`
}

function factsBlocks(view: CardView): KnownBlock[] {
  const { environment, payee, closesAt } = view
  const where = environment.registered ? environment.name : 'No environment is registered for it'
  const facts: [string, string][] = [
    ...(payee === null || environment.registered ? [['On what', where] as [string, string]] : []),
    ['Who is behind it', behind(view)],
    ['Risk', view.riskLabels.join(', ')],
    ...(closesAt === null ? [] : [['Closes', absoluteText(closesAt, view)] as [string, string]]),
  ]
  const fields = facts.map(([label, value]) => mrkdwn(`*${label}*\n${escaped(cut(value, LINE))}`))
  const to = payee === null ? [] : [paragraph([bold('To'), BREAK, code(cut(payee, LINE))])]
  return [...to, { type: 'section', fields }]
}

function missingBlocks({ missing }: CardView): KnownBlock[] {
  if (missing.length === 0) return []
  return [
    paragraph([bold('Missing')]),
    bullets(
      shortList(
        missing.map(({ text }) => text),
        MOST_MISSING,
      ),
    ),
  ]
}

function noticeBlocks({ notices }: CardView): KnownBlock[] {
  if (notices.length === 0) return []
  return [paragraph([bold('Noticed')]), bullets(shortList(notices, MOST_NOTICES))]
}

export function signLines({ review, wantsVote }: CardView): KnownBlock[] {
  if (review === null || !wantsVote) return []
  const words = paragraph([said('You sign these words: '), code(review.words.join(' '))])
  return review.isUnbound ? [paragraph(UNBOUND), words] : [words]
}

function equalAsksLine(view: CardView, equalAsks: readonly EqualAsk[]): KnownBlock[] {
  const last = equalAsks.at(-1)
  if (!last || view.state !== 'open') return []
  const times = equalAsks.length === 1 ? 'once more' : `${equalAsks.length} times more`
  const at = timeText(last.submittedAt, 'short', clockOf(view))
  return [
    caption(
      `${cut(view.callerName, NAME)} asked for the same with the same arguments ${times}, last at ${at}. Each needs votes of its own: the next gets its card when this one ends; after a reject, some time later.`,
    ),
  ]
}

export function foot(view: CardView): KnownBlock {
  return caption(`${view.requestId} · ${view.policyVersion}`)
}
