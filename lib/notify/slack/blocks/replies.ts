import type { SlackContent } from '../content'
import { bold, bullets, code, escaped, link, paragraph, said } from './text'

/** The way to link, visible to whoever is not linked and pressed something. The page works once. */
export function linkMessage({ url }: { url: string }): SlackContent {
  const [before, after] = [
    'Countersign does not know who you are in Slack yet. ',
    ' in the console, then press the button again. Nothing was counted.',
  ]
  return {
    text: escaped(`${before}Link your account${after}`),
    blocks: [paragraph([said(before), link('Link your account', url), said(after)])],
  }
}

const COMMANDS = [
  ['inbox', 'What needs you'],
  ['link', 'Tell Countersign who you are in Slack'],
  ['unlink', 'End that, at once'],
  ['help', 'This list'],
] as const

/** The answer to `/countersign help`, and to anything that is no command. */
export function helpMessage(): SlackContent {
  const lines = COMMANDS.map(([name, does]) => [code(`/countersign ${name}`), said(`  ${does}`)])
  const names = COMMANDS.map(([name]) => `/countersign ${name}`)
  return {
    text: `Countersign knows ${names.join(', ')}.`,
    blocks: [paragraph([bold('What Countersign does here')]), bullets(lines)],
  }
}
