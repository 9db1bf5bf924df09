import type { NewsLink } from '#lib/wire/caller-news'
import type { SlackContent } from '../content'
import { openButton } from './buttons'
import { escaped, plain } from './text'

interface AccountNewsInput {
  audience: 'person' | 'alerts'
  /** Where it leads, when it is about a caller; null: it is about the account. */
  aboutCaller: { link: NewsLink | null } | null
  /** A sentence or two of Countersign's own, with names of people in it. */
  text: string
  publicUrl: string
  organisation: string
}

const MOST_TEXT = 1_000

/** What happened to somebody's account, for that person or for the alerts channel. Plain text: nothing in it is mark-up. */
export function accountNews({
  audience,
  aboutCaller,
  text,
  publicUrl,
  organisation,
}: AccountNewsInput): SlackContent {
  const isMine = audience === 'person'
  const said = {
    text: `Countersign of ${escaped(organisation)}: ${escaped(text)}`,
    section: { type: 'section', text: plain(text, MOST_TEXT) },
  } as const
  if (aboutCaller !== null) {
    const { path, label } = aboutCaller.link ?? { path: '/account', label: 'Open the console' }
    const open = openButton(label, `${publicUrl}${path}`)
    return { text: said.text, blocks: [said.section, { type: 'actions', elements: [open] }] }
  }
  const next = isMine
    ? 'Not you? Press “This was not me” at the top of any page of the console.'
    : 'Told whenever it happens, whoever did it.'
  const open = isMine
    ? openButton('Open your account', `${publicUrl}/account`)
    : openButton('Open the people page', `${publicUrl}/people`)
  return {
    text: said.text,
    blocks: [
      said.section,
      { type: 'context', elements: [plain(next)] },
      { type: 'actions', elements: [open] },
    ],
  }
}
