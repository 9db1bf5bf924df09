import type { KnownBlock, ModalView as SlackModal } from '@slack/types'
import { type ModalMetadata, SLACK_VIEWS } from '#lib/wire/slack'
import type { ModalView } from '#lib/wire/views-slack'
import { fitted } from './budget'
import { openButton } from './buttons'
import { contractText } from './contract-text'
import { modal, textInput } from './modal'
import { modalHead, readingBlocks, wordsBlocks } from './signed'
import { bold, caption, cut, link, paragraph, said } from './text'

export interface TypedApproval {
  note?: string
  /** Why the last try was not counted. The code itself is never typed back. */
  fault?: string
}

/**
 * What is signed, whole; its words; and the code where policy accepts one here, else the way to the signing page. There is no
 * field for a code beside a contract that is not shown whole.
 */
export function approveModal(
  view: ModalView,
  meta: ModalMetadata,
  typed: TypedApproval = {},
): SlackModal {
  return fitted(view, (shown) => approval(shown, meta, typed))
}

function approval(view: ModalView, meta: ModalMetadata, typed: TypedApproval): SlackModal {
  const shown = [...faultBlocks(typed.fault), ...modalHead(view), ...readingBlocks(view)]
  if (!contractText(view).isWhole) return elsewhere('Open to approve', shown, view.ticketUrl)
  const words = [...shown, ...confirmBlocks(view), ...wordsBlocks(view)]
  if (view.offer !== 'code') return passkeyModal(view, words)
  return modal({
    title: `${deedOf(view)} with a code`,
    submit: { callbackId: SLACK_VIEWS.approve, label: deedOf(view), meta },
    blocks: [
      ...words,
      textInput({ block: 'code', label: '6-digit code', placeholder: '000000', least: 6, most: 6 }),
      textInput({ block: 'note', label: 'Note', most: 280, initial: typed.note, optional: true }),
      ...passkeyLine(view),
    ],
  })
}

function passkeyModal(view: ModalView, shown: KnownBlock[]): SlackModal {
  return modal({
    title: `${deedOf(view)} with a passkey`,
    blocks: [
      ...shown,
      caption(
        'The same words stand on the signing page. Nothing is counted until you have signed there.',
      ),
      { type: 'actions', elements: [openButton('Sign with a passkey', view.signUrl)] },
    ],
  })
}

function elsewhere(title: string, shown: KnownBlock[], url: string): SlackModal {
  const why = 'Slack cannot show all of it, so it is not signed here. Read it whole in the console.'
  return modal({
    title,
    blocks: [
      ...shown,
      paragraph([bold('There is more than fits here.'), said(` ${why}`)]),
      { type: 'actions', elements: [openButton('Open to approve', url)] },
    ],
  })
}

function deedOf({ isConfirmation }: ModalView): 'Approve' | 'Confirm' {
  return isConfirmation ? 'Confirm' : 'Approve'
}

function passkeyLine({ signUrl, methods }: ModalView): KnownBlock[] {
  if (!methods.includes('passkey')) return []
  const line = [said('Or '), link('sign with a passkey', signUrl), said(' on the signing page.')]
  return [paragraph(line)]
}

function confirmBlocks({ isConfirmation }: ModalView): KnownBlock[] {
  return isConfirmation
    ? [
        paragraph([
          said('You approved it before. What came since is above: approving again confirms it.'),
        ]),
      ]
    : []
}

export function faultBlocks(fault: string | undefined): KnownBlock[] {
  return fault === undefined ? [] : [paragraph([bold(cut(fault, 500))])]
}
