'use client'

import type { Voting } from '../../_client/vote/use-voting'
import { OverNotice } from '../../_client/vote/vote-notice'
import { Button } from '../../_ui/button'
import { approveText } from '../../_ui/vote/vote-methods'

/** The one blue button of the page. */
export function SignButton({
  isConfirmation,
  voting,
}: {
  isConfirmation: boolean
  voting: Pick<Voting, 'deed' | 'isAsking' | 'byPasskey'>
}) {
  const isBusy = voting.deed === 'passkey'
  return (
    <Button
      kind="sign"
      size="large"
      isWide
      icon={isBusy ? 'reload' : 'passkey'}
      isBusy={isBusy}
      disabled={voting.deed !== null && !isBusy}
      onClick={() => void voting.byPasskey()}
    >
      {isBusy && voting.isAsking
        ? 'Waiting for your passkey'
        : approveText('passkey', isConfirmation)}
    </Button>
  )
}

/** In its place once the ticket has changed: nothing is signed before it was read again. */
export function ReadAgainButton({
  voting,
  readAgain,
}: {
  voting: Pick<Voting, 'clear'>
  readAgain: () => void
}) {
  return (
    <Button
      size="large"
      isWide
      icon="reload"
      onClick={() => {
        voting.clear()
        readAgain()
        scrollTo({ top: 0 })
      }}
    >
      Read it again
    </Button>
  )
}

/** In place of all that was asked, once the deadline has passed in front of the page. */
export function OverSeal() {
  return (
    <section className="seal" id="seal" aria-label="Voting is over" role="status">
      <OverNotice />
    </section>
  )
}
