import type { SlackContent } from '../content'
import { openButton } from './buttons'
import { escaped, plain } from './text'

interface AccountNewsInput {
  audience: 'person' | 'alerts'
  /** A sentence or two of Countersign's own, with names of people in it. */
  text: string
  publicUrl: string
  organisation: string
}

const MOST_TEXT = 1_000

/** What happened to somebody's account, for that person or for the alerts channel. Plain text: nothing in it is mark-up. */
export function accountNews({
  audience,
  text,
  publicUrl,
  organisation,
}: AccountNewsInput): SlackContent {
  const isMine = audience === 'person'
  const next = isMine
    ? 'Not you? Press “This was not me” at the top of any page of the console.'
    : 'Told whenever it happens, whoever did it.'
  const open = isMine
    ? openButton('Open your account', `${publicUrl}/account`)
    : openButton('Open the people page', `${publicUrl}/people`)
  return {
    text: `Countersign of ${escaped(organisation)}: ${escaped(text)}`,
    blocks: [
      { type: 'section', text: plain(text, MOST_TEXT) },
      { type: 'context', elements: [plain(next)] },
      { type: 'actions', elements: [open] },
    ],
  }
}
