import { timeText } from '#lib/wire/clock'
import { SLACK_LIMITS } from '#lib/wire/slack-budget'
import type { Instant } from '#lib/wire/views-common'
import type { SlackClock } from '#lib/wire/views-slack'
import type { SlackContent } from '../content'
import { openButton } from './buttons'
import { bullets, code, escaped, paragraph, plain, said } from './text'

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
  const lead = `${callerName} has asked ${counts.asked} times since ${timeText(input.since, 'short', input)}. ${counts.open} are held, ${counts.ended} have ended.`
  const shown = input.tools.slice(0, MOST_TOOLS)
  return {
    text: escaped(lead),
    blocks: [
      {
        type: 'header',
        text: plain(`${counts.open} held requests of ${callerName}`, SLACK_LIMITS.header),
      },
      paragraph([said(`${lead} They are listed in the inbox, not here.`)]),
      ...(shown.length === 0
        ? []
        : [bullets(shown.map(({ tool, count }) => [code(tool), said(`, ${count} times`)]))]),
      {
        type: 'actions',
        block_id: `${input.messageId}:digest`,
        elements: [openButton('Open the inbox', input.inboxUrl)],
      },
    ],
  }
}
