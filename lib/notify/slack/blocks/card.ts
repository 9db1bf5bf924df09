import type { KnownBlock } from '@slack/types'
import { spanText, timeText, zoneName } from '#lib/wire/clock'
import { SLACK_LIMITS } from '#lib/wire/slack-budget'
import type { Instant } from '#lib/wire/views-common'
import type { CardView, SlackClock } from '#lib/wire/views-slack'
import type { SlackContent } from '../content'
import { cardButtons } from './buttons'
import {
  bold,
  bullets,
  caption,
  code,
  escaped,
  fence,
  mrkdwn,
  paragraph,
  plain,
  said,
  sentence,
  spoken,
} from './text'

export interface EqualAsk {
  requestId: string
  submittedAt: Instant
}

/** The message in a channel, for those who may approve. */
export function cardMessage(
  view: CardView,
  input: { messageId: string; equalAsks: readonly EqualAsk[] },
): SlackContent {
  return {
    text: cardText(view),
    blocks: [
      ...cardBody(view),
      ...equalAsksLine(view, input.equalAsks),
      cardButtons(view, input.messageId),
      foot(view),
    ],
  }
}

/** "deploy.production on production", "payments.payout.create, EUR 48,200.00" */
export function subjectText({ subject, environment }: CardView): string {
  const more = subject.moreToolCount > 0 ? ` and ${subject.moreToolCount} more` : ''
  const where = environment.registered ? ` on ${environment.name}` : ''
  const amount = subject.amount === null ? '' : `, ${subject.amount}`
  return `${subject.tool}${more}${where}${amount}`
}

export function cardText(view: CardView): string {
  return `${view.headline}: ${escaped(subjectText(view))}, for ${escaped(view.callerName)}. ${spoken(view.story, view)}`
}

export function cardBody(view: CardView): KnownBlock[] {
  const head: KnownBlock[] = [
    { type: 'header', text: plain(`${view.headline}: ${subjectText(view)}`, SLACK_LIMITS.header) },
    sentence(view.story, view),
  ]
  if (view.state !== 'open') return head
  return [
    ...head,
    ...claimBlocks(view),
    factsBlock(view),
    ...missingBlocks(view),
    ...signLines(view),
  ]
}

function claimBlocks(view: CardView): KnownBlock[] {
  return [caption(`${view.callerName} claims, in its own words:`), fence(view.goal, 1_000)]
}

function factsBlock(view: CardView): KnownBlock {
  const fields = [
    ['On what', view.environment.registered ? view.environment.name : 'No environment registered'],
    ['Who is behind it', `${view.callerName}, owned by ${view.ownerName}`],
    ['Risk', view.riskLabels.join(', ')],
    ...(view.closesAt === null ? [] : [['Closes', closesText(view.closesAt, view)]]),
  ]
  return {
    type: 'section',
    fields: fields.map(([label = '', value = '']) => mrkdwn(`*${label}*\n${escaped(value)}`)),
  }
}

/** "Tue 17 Mar 10:41 CET, in 24 h" */
export function closesText(closesAt: Instant, clock: SlackClock): string {
  const zone = zoneName({ ...clock, now: closesAt })
  const leftMs = Date.parse(closesAt) - Date.parse(clock.now)
  return `${timeText(closesAt, 'day', clock)} ${zone}, in ${spanText(leftMs)}`
}

function missingBlocks(view: CardView): KnownBlock[] {
  if (view.missing.length === 0) return []
  return [paragraph([bold('Missing')]), bullets(view.missing.map(({ text }) => [said(text)]))]
}

export function signLines({ review }: CardView): KnownBlock[] {
  if (review === null) return []
  const words = paragraph([said('You sign these words: '), code(review.words.join(' '))])
  return review.isUnbound ? [paragraph(UNBOUND), words] : [words]
}

const UNBOUND = [
  bold('No arguments are bound.'),
  said(' You sign the goal and the tool, not a parameter list.'),
]

function equalAsksLine(view: CardView, equalAsks: readonly EqualAsk[]): KnownBlock[] {
  const last = equalAsks.at(-1)
  if (!last) return []
  const times = equalAsks.length === 1 ? 'once more' : `${equalAsks.length} times more`
  return [
    caption(
      `${view.callerName} asked the same ${times}, last at ${timeText(last.submittedAt, 'short', view)}. Each needs its own vote.`,
    ),
  ]
}

export function foot(view: CardView): KnownBlock {
  return caption(`${view.requestId} · ${view.policyVersion}`)
}
