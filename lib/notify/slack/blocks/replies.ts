import { SLACK_ACTIONS } from '#lib/wire/slack'
import type { SlackContent } from '../content'
import { bold, code, escaped, paragraph, plain, said } from './text'

/** The way to link, to whoever is not linked yet. The page is opened once. */
export function linkMessage({ url }: { url: string }): SlackContent {
  const text =
    'Countersign does not know who you are in Slack yet. Link your account in the console, then press the button again. Nothing was counted.'
  return {
    text: escaped(text),
    blocks: [
      paragraph([said(text)]),
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            action_id: SLACK_ACTIONS.open,
            text: plain('Link your account'),
            url,
          },
        ],
      },
    ],
  }
}

const COMMANDS = [
  ['inbox', 'what needs you'],
  ['link', 'tell Countersign who you are in Slack'],
  ['unlink', 'forget who you are in Slack, at once'],
  ['help', 'this list'],
] as const

export function helpMessage(): SlackContent {
  const lines = COMMANDS.flatMap(([name, does]) => [
    code(`/countersign ${name}`),
    said(`  ${does}\n`),
  ])
  return {
    text: `Commands of Countersign: ${COMMANDS.map(([name]) => `/countersign ${name}`).join(', ')}.`,
    blocks: [paragraph([bold('What /countersign can do'), said('\n'), ...lines])],
  }
}
