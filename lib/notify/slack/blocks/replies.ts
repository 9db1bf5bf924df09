import type { WhyUnlinked } from '#lib/wire/views/slack'
import type { SlackContent } from '../content'
import { bold, bullets, code, escaped, link, paragraph, said } from './text'
import { UNLINKED } from './unlinked'

/** The way to link, visible to whoever is not linked and pressed something. The page works once. */
export function linkMessage({ url, why }: { url: string; why: LinkableWhy }): SlackContent {
  const { title, why: cause, next } = UNLINKED[why]
  const [before, after] = [
    `${title}. ${cause}`,
    ', then press the button again. Nothing was counted.',
  ]
  return {
    text: escaped(`${before}${next}${after}`),
    blocks: [paragraph([said(before), link(next, url), said(after)])],
  }
}

export type LinkableWhy = Exclude<WhyUnlinked, 'deactivated'>

/** The answer to `/countersign link`. */
export function linkAnswer({ url }: { url: string }): SlackContent {
  const [label, after] = [
    'Link your account',
    'Open the page within ten minutes, signed in. It works once, for you alone.',
  ]
  return {
    text: escaped(`${label}. ${after}`),
    blocks: [paragraph([link(label, url), said('. '), said(after)])],
  }
}

const COMMANDS = [
  ['inbox', 'What needs you'],
  ['link', 'Tell Countersign who you are in Slack'],
  ['unlink', 'End that, at once'],
  ['help', 'This list'],
] as const

const UNKNOWN = 'Countersign does not know that word. It knows:'

/** The answer to `/countersign help`, and to anything that is no command. */
export function helpMessage({ isUnknown = false } = {}): SlackContent {
  const lines = COMMANDS.map(([name, does]) => [code(`/countersign ${name}`), said(`  ${does}`)])
  const names = COMMANDS.map(([name]) => `/countersign ${name}`)
  return {
    text: isUnknown ? `${UNKNOWN} ${names.join(', ')}` : `Countersign knows ${names.join(', ')}.`,
    blocks: [paragraph([bold(isUnknown ? UNKNOWN : 'What Countersign does here')]), bullets(lines)],
  }
}
