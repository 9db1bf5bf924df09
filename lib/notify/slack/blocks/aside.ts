import type { KnownBlock, ModalView as SlackModal } from '@slack/types'
import type { SlackContent } from '../content'
import { escaped, paragraph, said } from './text'

/** What a modal was to say, for a message that one person alone sees: Slack did not take the modal, or it was closed. */
export function asideMessage(modal: SlackModal): SlackContent {
  const blocks = modal.submit ? asked(modal) : (modal.blocks as KnownBlock[])
  return { text: escaped(`${modal.title.text}.`), blocks }
}

/** Of a form, why it is asked again, which stands first: it cannot be filled in outside a modal. */
function asked({ blocks }: SlackModal): KnownBlock[] {
  const why = blocks.slice(0, 1) as KnownBlock[]
  return [...why, paragraph([said('Press the button once more to try again.')])]
}
