import type {
  ContextBlock,
  MrkdwnElement,
  PlainTextElement,
  RichTextBlock,
  RichTextLink,
} from '@slack/types'
import { visibleText } from '#lib/core/contract/visible'
import { timeText } from '#lib/wire/clock'
import { keptWithin, SLACK_LIMITS, slackLength } from '#lib/wire/slack/budget'
import type { Prose, Run } from '#lib/wire/views/common'
import type { SlackClock } from '#lib/wire/views/slack'
import { reading } from './contract-text'

export type Inline = {
  type: 'text'
  text: string
  style?: { bold?: boolean; italic?: boolean; code?: boolean }
}

/** Text that is never read as mark-up, whoever wrote it. Cut, visibly, at `most`. */
export function plain(text: string, most: number = SLACK_LIMITS.text): PlainTextElement {
  return { type: 'plain_text', text: cut(text, most), emoji: false }
}

/** Sentences of Countersign's own, with values in it that went through `escaped`. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true }
}

/** A value for mrkdwn or the fallback text: no entity, mention, link, emoji or emphasis can come of it. */
export function escaped(value: string): string {
  return visibleText(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('*', '＊')
    .replaceAll('~', '～')
    .replaceAll('`', '｀')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿')
    .replaceAll(/:(?=[\w+'-]*[a-z][\w+'-]*:)/gi, '：')
}

/** A sentence in runs. Rich text knows no mark-up, so nothing in it can become any. */
export function sentence(prose: Prose, clock: SlackClock): RichTextBlock {
  return paragraph(inlines(prose, clock).slice(0, MOST_RUNS))
}

/** A sentence or two. */
const MOST_RUNS = 24
const MOST_RUN = 250
const MOST_SPOKEN = 140

export function paragraph(elements: (Inline | RichTextLink)[]): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }
}

export function bullets(lines: Inline[][]): RichTextBlock {
  const elements = lines.map((line) => ({
    type: 'rich_text_section' as const,
    elements: line,
  }))
  return { type: 'rich_text', elements: [{ type: 'rich_text_list', style: 'bullet', elements }] }
}

/** Text that a caller or a person wrote, set apart in its own face. An empty text is said to be one; of a shortened one, `where` the rest is. */
export function fence(
  text: string,
  most: number = SLACK_LIMITS.text,
  where?: string,
): RichTextBlock {
  const shown = reading(text, most, where).text
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_preformatted',
        elements: [{ type: 'text', text: shown === '' ? '(empty)' : shown }],
      },
    ],
  }
}

export function caption(text: string): ContextBlock {
  return { type: 'context', elements: [plain(text, SLACK_LIMITS.field)] }
}

export function link(text: string, url: string): RichTextLink {
  return { type: 'link', text: visibleText(text), url }
}

/** What is longer has a bound of its own, or a fence. */
const MOST_INLINE = 2_000

export function bold(text: string): Inline {
  return { type: 'text', text: cut(text, MOST_INLINE), style: { bold: true } }
}

export function code(text: string): Inline {
  return { type: 'text', text: cut(text, MOST_INLINE), style: { code: true } }
}

export function said(text: string): Inline {
  return { type: 'text', text: cut(text, MOST_INLINE) }
}

/** A line break of our own: one that is written by others is shown as an escape. */
export const BREAK: Inline = { type: 'text', text: '\n' }

export function inlines(prose: Prose, clock: SlackClock): Inline[] {
  return prose.map((run) => inline(run, clock)).filter(({ text }) => text !== '')
}

function inline(run: Run, clock: SlackClock): Inline {
  if (typeof run === 'string') return said(cut(run, MOST_RUN))
  switch (run.kind) {
    case 'strong':
      return bold(run.text)
    case 'code':
    case 'claim':
      return code(run.text)
    case 'tag':
      return said(run.tag)
    case 'time':
      return said(timeText(run.at, run.form, clock))
    case 'link':
      return said(run.text)
  }
}

/** A sentence as one text, for the fallback: runs that a caller wrote are left out. */
export function spoken(prose: Prose, clock: SlackClock): string {
  return prose
    .slice(0, MOST_RUNS)
    .map((run) => spokenRun(run, clock))
    .join('')
}

function spokenRun(run: Run, clock: SlackClock): string {
  if (typeof run === 'string') return escaped(cut(run, MOST_SPOKEN))
  if (run.kind === 'claim') return '…'
  const { text } = inline(run, clock)
  return run.kind === 'time' ? text : escaped(cut(text, MOST_SPOKEN))
}

/** Legible, and shortened so that it shows. */
export function cut(text: string, most: number): string {
  const shown = visibleText(text)
  return slackLength(shown) <= most ? shown : `${keptWithin(shown, most - 1)}…`
}
