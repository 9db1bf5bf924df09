import { SLACK_LIMITS } from '#lib/wire/slack/budget'
import type { Instant } from '#lib/wire/views/common'
import type { SlackClock } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { openButton } from './buttons'
import { bold, caption, cut, escaped, paragraph, plain, said } from './text'
import { absoluteText } from './when'

export interface AlertInput extends SlackClock {
  messageId: string
  kind: 'unreached' | 'no_route'
  requestId: string
  ticketUrl: string
  /** A tool's name. */
  tool: string
  callerName: string
  closesAt: Instant | null
  /** A sentence of Countersign's own. */
  why: string
}

const LEADS: Record<AlertInput['kind'], string> = {
  unreached: 'Nobody who may approve could be reached',
  no_route: 'No channel is set for a held request',
}

export type SettledInput = Pick<
  AlertInput,
  'messageId' | 'kind' | 'requestId' | 'ticketUrl' | 'tool' | 'callerName'
> & { isOpen: boolean }

const SETTLED: Record<AlertInput['kind'], string> = {
  unreached: 'Somebody who may approve is reached now.',
  no_route: 'A card of it stands in a channel now.',
}

/** In place of an alert that is true no more: nobody has to do anything about it. */
export function settledAlertMessage(input: SettledInput): SlackContent {
  const lead = 'Settled'
  const why = input.isOpen ? SETTLED[input.kind] : 'The request has ended.'
  return {
    text: `${lead}: ${escaped(input.tool)}, for ${escaped(input.callerName)}. ${escaped(why)}`,
    blocks: [
      paragraph([
        said(`${lead}: `),
        bold(input.tool),
        said(`, for ${cut(input.callerName, 80)}. ${why}`),
      ]),
      {
        type: 'actions',
        block_id: `${input.messageId}:alert`,
        elements: [openButton('Open in the console', input.ticketUrl)],
      },
      caption(input.requestId),
    ],
  }
}

/** To the channel that is told when a held request reaches nobody. */
export function alertMessage(input: AlertInput): SlackContent {
  const lead = LEADS[input.kind]
  const closes = input.closesAt === null ? '' : ` It closes ${absoluteText(input.closesAt, input)}.`
  const text = `${cut(input.why, 500)} Nothing runs until somebody approves it.${closes}`
  return {
    text: `${lead}: ${escaped(input.tool)}, for ${escaped(input.callerName)}. ${escaped(text)}`,
    blocks: [
      { type: 'header', text: plain(lead, SLACK_LIMITS.header) },
      paragraph([bold(input.tool), said(`, for ${cut(input.callerName, 80)}. ${text}`)]),
      {
        type: 'actions',
        block_id: `${input.messageId}:alert`,
        elements: [openButton('Open in the console', input.ticketUrl)],
      },
      caption(input.requestId),
    ],
  }
}
