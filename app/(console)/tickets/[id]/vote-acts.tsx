'use client'

import type { VoteBarView } from '#lib/wire/views/vote'
import type { Voting } from '../../../_client/vote/use-voting'
import { Button, ButtonLink } from '../../../_ui/button'
import { approveText, iconOfMethod, usableMethods } from '../../../_ui/vote/vote-methods'

interface ActsProps {
  vote: VoteBarView
  voting: Voting
  setShown: (shown: 'code' | 'reject') => void
  /** The review has changed: nothing is signed before this was pressed. */
  onReadAgain: (() => void) | null
  signHref: string
}

/** Buttons of a form that leads to the signing page; the script does the deed here instead. */
export function VoteActs({ vote, voting, setShown, onReadAgain, signHref }: ActsProps) {
  if (!vote.canVote) return null
  const isSigned = vote.mine !== null && !vote.isConfirmation
  return (
    <form method="get" action={signHref} className="acts" onSubmit={(e) => e.preventDefault()}>
      {isSigned && (
        <Button
          kind="quiet"
          onClick={() => void voting.withdraw()}
          isBusy={voting.deed === 'withdraw'}
        >
          Withdraw my vote
        </Button>
      )}
      {!isSigned && !onReadAgain && <Other vote={vote} setShown={setShown} signHref={signHref} />}
      <Button
        kind="reject"
        size="large"
        type="submit"
        formAction={`${signHref}#reject`}
        onClick={() => setShown('reject')}
      >
        Reject
      </Button>
      {onReadAgain && (
        <Button
          size="large"
          icon="reload"
          onClick={() => {
            voting.clear()
            onReadAgain()
            document.getElementById('main')?.scrollIntoView({ block: 'start' })
          }}
        >
          Read it again
        </Button>
      )}
      {!isSigned && !onReadAgain && <Sign vote={vote} voting={voting} setShown={setShown} />}
    </form>
  )
}

/** The second way, where there is one. */
function Other({ vote, setShown, signHref }: Pick<ActsProps, 'vote' | 'setShown' | 'signHref'>) {
  const [first, second] = usableMethods(vote)
  if (first !== 'passkey' || second !== 'totp') return null
  return (
    <Button
      kind="quiet"
      type="submit"
      formAction={`${signHref}#code`}
      onClick={() => setShown('code')}
    >
      Use a code
    </Button>
  )
}

function Sign({ vote, voting, setShown }: Pick<ActsProps, 'vote' | 'voting' | 'setShown'>) {
  const [first] = usableMethods(vote)
  if (!first) return <ButtonLink href="/account#factors">Set up a second factor to sign</ButtonLink>
  const isBusy = voting.deed === 'passkey'
  return (
    <Button
      kind="sign"
      size="large"
      type="submit"
      icon={isBusy ? 'reload' : iconOfMethod[first]}
      isBusy={isBusy}
      disabled={voting.deed !== null && !isBusy}
      onClick={() => (first === 'totp' ? setShown('code') : void voting.byPasskey())}
    >
      {isBusy && voting.isAsking
        ? 'Waiting for your passkey'
        : approveText(first, vote.isConfirmation)}
    </Button>
  )
}
