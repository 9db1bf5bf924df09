import type { KnownBlock } from '@slack/types'
import { timeText } from '#lib/wire/clock'
import { SLACK_LIMITS } from '#lib/wire/slack/budget'
import type { CardView } from '#lib/wire/views/slack'
import { contractText, keptUnits } from './contract-text'
import { oddLetters } from './odd-letters'
import { shortList, subjectText, UNBOUND } from './phrases'
import { bold, bullets, caption, code, cut, fence, paragraph, said } from './text'
import { closesText } from './when'

const MOST_MISSING = 8
/** Of what is not shown whole, for telling it from others. */
const BEGINNING = 200
const MOST_EVIDENCE = 5
const MOST_BEGINNINGS = 2

/** "deploy.production on production, for ci-release" */
export function modalHead(view: CardView): KnownBlock[] {
  const caller = cut(view.callerName, 80)
  const closes =
    view.closesAt === null || view.state !== 'open'
      ? ''
      : ` Closes ${closesText(view.closesAt, view)}.`
  return [
    paragraph([bold(subjectText(view)), said(`, for ${caller}`)]),
    caption(
      view.isOwnChange
        ? `A change of Countersign itself.${closes}`
        : `${caller} is owned by ${cut(view.ownerName, 80)}.${closes}`,
    ),
  ]
}

/** All that a vote is bound to: the contract, the evidence, what policy noticed and what is missing. */
export function readingBlocks(view: CardView): KnownBlock[] {
  const contract = contractText(view)
  const most = view.readable.isWhole ? undefined : BEGINNING
  const evidence = view.evidence.slice(0, view.readable.isWhole ? MOST_EVIDENCE : MOST_BEGINNINGS)
  const rest = view.evidence.length - evidence.length
  const texts = [view.readable.text, ...evidence.map(({ text }) => text ?? '')]
  return [
    caption(
      view.isOwnChange
        ? 'This is what changes:'
        : `${cut(view.callerName, 80)} sent this contract:`,
    ),
    fence(contract.text),
    ...evidence.flatMap((item) => [
      caption(
        `${cut(item.label, 80)}, attached by ${cut(item.authorName, 80)} at ${timeText(item.at, 'short', view)}:`,
      ),
      fence(item.text ?? 'Erased. Only its hash is kept.', most),
    ]),
    ...(rest > 0 ? [caption(`And ${rest} more on file, in the console.`)] : []),
    ...oddLetters(texts.map((text) => keptUnits(text, SLACK_LIMITS.text))),
    ...listBlocks('Noticed', view.notices, 4),
    ...listBlocks(
      'Missing',
      view.missing.map(({ text }) => text),
      MOST_MISSING,
    ),
  ]
}

function listBlocks(title: string, lines: readonly string[], most: number): KnownBlock[] {
  return lines.length === 0 ? [] : [paragraph([bold(title)]), bullets(shortList(lines, most))]
}

/** The six words, and what they do not cover. */
export function wordsBlocks({ review, wantsVote }: CardView): KnownBlock[] {
  if (review === null) return []
  return [
    ...(review.isUnbound ? [paragraph(UNBOUND)] : []),
    // A card on which no vote is wanted shows none.
    caption(wantsVote ? 'These words must match the card:' : 'You sign these words:'),
    paragraph([code(review.words.join(' '))]),
  ]
}
