import type { KnownBlock, ModalView as SlackModal } from '@slack/types'
import { type ModalMetadata, SLACK_VIEWS } from '#lib/wire/slack/buttons'
import type { CardView, ModalView } from '#lib/wire/views/slack'
import { fitted, withinBudget } from './budget'
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

/** What the modal shows of a request and of who looks at it. */
type Signing = CardView & Pick<ModalView, 'isConfirmation' | 'methods' | 'signUrl'>

/**
 * Whether this request can be approved in Slack: whoever signs reads all that they sign in one modal, whatever else it has to
 * say. Asked by the card that offers it, by the modal that asks for it, and again of what was sent off.
 */
export function isVotable(view: CardView): boolean {
  if (view.offer === 'console' || !contractText(view).isWhole) return false
  return withinBudget(approval({ ...view, ...MOST_WORDS }, MOST_TYPED, NO_META).blocks)
}

/** As a message offers it: what cannot be approved in Slack is opened in the console. */
export function offered<View extends CardView>(view: View): View {
  return isVotable(view) ? view : { ...view, offer: 'console' }
}

const MOST_FAULT = 500
const MOST_NOTE = 280
/** The longest that the modal gets by who looks at it and by what they typed. */
const MOST_WORDS = {
  offer: 'code',
  isConfirmation: true,
  methods: ['passkey', 'totp'],
  signUrl: 'u'.repeat(400),
} as const
const MOST_TYPED = { fault: '"'.repeat(MOST_FAULT), note: '"'.repeat(MOST_NOTE) }
const NO_META: ModalMetadata = {
  request: `req_${'0'.repeat(26)}`,
  review: null,
  message: null,
  evidenceType: null,
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
  if (isVotable(view)) return approval(view, typed, meta)
  return fitted(view, (shown) =>
    elsewhere('Open to approve', shownOf(shown, typed), view.ticketUrl),
  )
}

function shownOf(view: CardView, { fault }: TypedApproval): KnownBlock[] {
  return [...faultBlocks(fault), ...modalHead(view), ...readingBlocks(view)]
}

function approval(view: Signing, typed: TypedApproval, meta: ModalMetadata): SlackModal {
  const words = [...shownOf(view, typed), ...confirmBlocks(view), ...wordsBlocks(view)]
  if (view.offer !== 'code') return passkeyModal(view, words)
  return modal({
    title: `${deedOf(view)} with a code`,
    submit: { callbackId: SLACK_VIEWS.approve, label: deedOf(view), meta },
    blocks: [
      ...words,
      textInput({ block: 'code', label: '6-digit code', placeholder: '000000', least: 6, most: 6 }),
      textInput({
        block: 'note',
        label: 'Note',
        most: MOST_NOTE,
        initial: typed.note,
        optional: true,
      }),
      ...passkeyLine(view),
    ],
  })
}

function passkeyModal(view: Signing, shown: KnownBlock[]): SlackModal {
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

function deedOf({ isConfirmation }: Signing): 'Approve' | 'Confirm' {
  return isConfirmation ? 'Confirm' : 'Approve'
}

function passkeyLine({ signUrl, methods }: Signing): KnownBlock[] {
  if (!methods.includes('passkey')) return []
  const line = [said('Or '), link('sign with a passkey', signUrl), said(' on the signing page.')]
  return [paragraph(line)]
}

function confirmBlocks({ isConfirmation }: Signing): KnownBlock[] {
  return isConfirmation
    ? [
        paragraph([
          said('You approved it before. What came since is above: approving again confirms it.'),
        ]),
      ]
    : []
}

export function faultBlocks(fault: string | undefined): KnownBlock[] {
  return fault === undefined ? [] : [paragraph([bold(cut(fault, MOST_FAULT))])]
}
