import type { ModalView as SlackModal } from '@slack/types'
import { type ModalMetadata, SLACK_VIEWS } from '#lib/wire/slack'
import type { ModalView } from '#lib/wire/views-slack'
import { subjectText } from './card'
import { choiceInput, modal, textInput } from './modal'
import { bold, caption, paragraph, said } from './text'

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
  const fault = typed.fault === undefined ? [] : [paragraph([bold(typed.fault)])]
  return modal({
    title: 'Reject',
    submit: { callbackId: SLACK_VIEWS.reject, label: 'Reject', meta },
    blocks: [
      ...fault,
      paragraph([bold(subjectText(view)), said(`, for ${view.callerName}`)]),
      caption('Nothing will run. Reason and note reach the caller.'),
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
