import type { ReactNode } from 'react'
import type { ReviewView } from '#lib/wire/views/vote'
import { DigestWords } from './digest'
import { UnboundIssue } from './vote/vote-bar'

/** What is signed and the button that signs it, always on the screen: one thumb, one question. */
export function Seal({
  review,
  isConfirmation = false,
  signerName,
  note,
  children,
}: {
  review: ReviewView
  isConfirmation?: boolean
  /** Where nobody is signed in: whose vote it would be. */
  signerName?: string
  /** Above the words: that they have changed. */
  note?: ReactNode
  /** The button. */
  children?: ReactNode
}) {
  return (
    <section className="seal" id="seal" aria-labelledby="seal-head">
      {note}
      {review.isUnbound && !note && <UnboundIssue />}
      <h2 className="label" id="seal-head">
        {signerName ? `${signerName} signs` : 'You sign'} these {isConfirmation && 'new '}words
        {review.isInSlack && !note && '. Slack shows the same.'}
      </h2>
      <DigestWords words={review.words} isBig />
      {children}
    </section>
  )
}
