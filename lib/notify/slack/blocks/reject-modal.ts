import type { ModalView as SlackModal } from '@slack/types'
import { type ModalMetadata, SLACK_VIEWS } from '#lib/wire/slack/buttons'
import type { ModalView } from '#lib/wire/views/slack'
import { faultBlocks } from './approve-modal'
import { choiceInput, modal, textInput } from './modal'
import { modalHead } from './signed'
import { caption } from './text'

export interface TypedRejection {
  reason?: string
  note?: string
  fault?: string
}

/** Rejecting needs no second factor. No reason is chosen beforehand. */
export function rejectModal(
  view: ModalView,
  meta: ModalMetadata,
  typed: TypedRejection = {},
): SlackModal {
  return modal({
    title: 'Reject',
    submit: { callbackId: SLACK_VIEWS.reject, label: 'Reject', meta },
    blocks: [
      ...faultBlocks(typed.fault),
      ...modalHead(view),
      caption('Nothing will run. Your name, the reason and the note reach the caller.'),
      choiceInput({
        block: 'reason',
        label: 'Reason',
        options: view.rejectReasons.map(({ code, label }) => ({ value: code, label })),
        initial: typed.reason,
      }),
      textInput({
        block: 'note',
        label: 'Note to the caller',
        multiline: true,
        most: 280,
        initial: typed.note,
        optional: true,
      }),
    ],
  })
}
