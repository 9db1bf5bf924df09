import { timeText } from '#lib/wire/clock'
import { SLACK_LIMITS } from '#lib/wire/slack/budget'
import type { Instant } from '#lib/wire/views/common'
import type { SlackClock } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { openButton } from './buttons'
import { bullets, code, cut, escaped, paragraph, plain, said } from './text'

export interface DigestInput extends SlackClock {
  messageId: string
  callerName: string
  since: Instant
  counts: { asked: number; open: number; ended: number }
  /** Tools and how often each was asked for, most first. */
  tools: readonly { tool: string; count: number }[]
  inboxUrl: string
}

const MOST_TOOLS = 10

/** Many requests of one caller in one message, which grows. */
export function digestMessage(input: DigestInput): SlackContent {
  const { counts, callerName } = input
  const lead = `${moreText(counts.asked)} of ${cut(callerName, 80)} since ${timeText(input.since, 'day', input)}, without ${counts.asked === 1 ? 'a card of its own' : 'cards of their own'}. Held: ${counts.open}. Ended: ${counts.ended}.`
  const shown = input.tools.slice(0, MOST_TOOLS)
  return {
    text: escaped(lead),
    blocks: [
      {
        type: 'header',
        text: plain(`Many requests of ${cut(callerName, 80)}`, SLACK_LIMITS.header),
      },
      paragraph([said(counts.open === 0 ? lead : `${lead} Each that is held is in the inbox.`)]),
      ...(shown.length === 0
        ? []
        : [bullets(shown.map(({ tool, count }) => [code(tool), said(`: ${count}`)]))]),
      {
        type: 'actions',
        block_id: `${input.messageId}:digest`,
        elements: [openButton('Open the inbox', input.inboxUrl)],
      },
    ],
  }
}

function moreText(count: number): string {
  return count === 1 ? 'One more request' : `${count} more requests`
}
