import type { KnownBlock, ModalView as SlackModal } from '@slack/types'
import { type ModalMetadata, SLACK_VIEWS } from '#lib/wire/slack'
import type { ModalView } from '#lib/wire/views-slack'
import { openButton } from './buttons'
import { subjectText } from './card'
import { contractText } from './contract-text'
import { modal, textInput } from './modal'
import { bold, bullets, caption, code, fence, paragraph, said } from './text'

export interface TypedApproval {
  note?: string
  /** Why the last try was not counted. */
  fault?: string
}

/** What is signed, its words, and the code where policy accepts one here; else the way to the signing page. */
export function approveModal(
  view: ModalView,
  meta: ModalMetadata,
  typed: TypedApproval = {},
): SlackModal {
  const fault = typed.fault === undefined ? [] : [paragraph([bold(typed.fault)])]
  const shown = [...fault, ...whatIsSigned(view)]
  if (view.offer !== 'code') {
    return modal({
      title: 'Approve with a passkey',
      blocks: [
        ...shown,
        caption('A passkey signs this on the signing page. Nothing is counted until it has.'),
        { type: 'actions', elements: [openButton('Sign with a passkey', view.signUrl)] },
      ],
    })
  }
  return modal({
    title: 'Approve with a code',
    submit: { callbackId: SLACK_VIEWS.approve, label: 'Approve', meta },
    blocks: [
      ...shown,
      textInput({ block: 'code', label: '6-digit code', placeholder: '000000', least: 6, most: 6 }),
      textInput({
        block: 'note',
        label: 'Note',
        most: 280,
        initial: typed.note,
        optional: true,
      }),
      { type: 'actions', elements: [openButton('Sign with a passkey instead', view.signUrl)] },
    ],
  })
}

/** What, for whom, the contract whole, what is missing, and the words. */
export function whatIsSigned(view: ModalView): KnownBlock[] {
  const words = view.review?.words.join(' ')
  return [
    paragraph([bold(subjectText(view)), said(`, for ${view.callerName}`)]),
    caption('The contract:'),
    fence(contractText(view).text),
    ...(view.missing.length === 0 ? [] : [bullets(view.missing.map(({ text }) => [said(text)]))]),
    ...(words === undefined
      ? []
      : [caption('These words must match the card:'), paragraph([code(words)])]),
  ]
}
