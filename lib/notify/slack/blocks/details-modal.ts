import type { KnownBlock, ModalView as SlackModal } from '@slack/types'
import type { ModalMetadata } from '#lib/wire/slack/buttons'
import type { ModalView } from '#lib/wire/views/slack'
import { fitted } from './budget'
import { openButton } from './buttons'
import { modal } from './modal'
import { modalHead, readingBlocks, wordsBlocks } from './signed'
import { bold, caption, cut, fence, paragraph, sentence } from './text'
import { clockOf } from './when'

/** The request to read, open or ended. Nothing in it is submitted. */
export function detailsModal(view: ModalView, meta: ModalMetadata): SlackModal {
  return fitted(view, (shown) => details(shown, meta))
}

function details(view: ModalView, meta: ModalMetadata): SlackModal {
  const { note } = view
  const said: KnownBlock[] = note === null ? [] : [caption(note.lead), fence(note.text, MOST_NOTE)]
  return {
    ...modal({
      title: 'Details',
      blocks: [
        paragraph([bold(cut(view.headline, 150))]),
        ...modalHead(view),
        sentence(view.story, clockOf(view)),
        ...said,
        ...readingBlocks(view),
        ...(view.wantsVote ? wordsBlocks(view) : []),
        { type: 'actions', elements: [openButton('Open in the console', view.ticketUrl)] },
        caption(`${view.requestId} · ${view.policyVersion}`),
      ],
    }),
    private_metadata: JSON.stringify(meta),
  }
}

const MOST_NOTE = 600
