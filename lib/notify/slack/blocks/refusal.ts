import type { KnownBlock, ModalView as SlackModal } from '@slack/types'
import type { SlackContent } from '../content'
import { openButton } from './buttons'
import { modal } from './modal'
import { bold, cut, escaped, paragraph, said } from './text'

export interface RefusalInput {
  title: string
  /** Whole sentences: why, and what to do next. */
  text: string
  /** Where to do it. */
  url?: string
  /** What the button to it says. */
  label?: string
}

/** In a modal: why nothing was counted, and what to do next. */
export function refusedModal(input: RefusalInput): SlackModal {
  return modal({
    title: 'Not counted',
    blocks: [
      paragraph([bold(input.title)]),
      paragraph([said(cut(input.text, MOST))]),
      ...linkTo(input),
    ],
  })
}

/** Only visible to whoever pressed. */
export function refusalMessage(input: RefusalInput): SlackContent {
  return {
    text: escaped(cut(`${input.title}. ${input.text}`, MOST)),
    blocks: [
      paragraph([bold(`${input.title}.`), said(` ${cut(input.text, MOST)}`)]),
      ...linkTo(input),
    ],
  }
}

const MOST = 1_500

function linkTo({ url, label = 'Open in the console' }: RefusalInput): KnownBlock[] {
  if (url === undefined) return []
  return [{ type: 'actions', elements: [openButton(label, url)] }]
}
