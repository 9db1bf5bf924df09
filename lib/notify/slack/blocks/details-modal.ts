import type { ModalView as SlackModal } from '@slack/types'
import type { ModalMetadata } from '#lib/wire/slack'
import type { ModalView } from '#lib/wire/views-slack'
import { whatIsSigned } from './approve-modal'
import { openButton } from './buttons'
import { modal } from './modal'
import { sentence } from './text'

/** The request to read; nothing in it is submitted. */
export function detailsModal(view: ModalView, meta: ModalMetadata): SlackModal {
  return {
    ...modal({
      title: 'Details',
      blocks: [
        sentence(view.story, view),
        ...whatIsSigned(view),
        { type: 'actions', elements: [openButton('Open in the console', view.ticketUrl)] },
      ],
    }),
    private_metadata: JSON.stringify(meta),
  }
}
