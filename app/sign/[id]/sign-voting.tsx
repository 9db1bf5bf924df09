'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { ReviewView, VoteBarView } from '#lib/wire/views/vote'
import { useDeadline } from '../../_client/use-deadline'
import { useFocusOnBadField } from '../../_client/use-focus-on-fault'
import { useSeenReview } from '../../_client/vote/use-seen-review'
import { useVoting } from '../../_client/vote/use-voting'
import { badFieldsOf, CodeVote, RejectVote } from '../../_client/vote/vote-forms'
import { ChangedNote } from '../../_client/vote/vote-notice'
import { Fold } from '../../_ui/fold'
import { Notice } from '../../_ui/notice'
import { Seal } from '../../_ui/seal'
import { usableMethods } from '../../_ui/vote/vote-methods'
import { SignTold, useKeepTold } from './kept-told'
import { OverSeal, ReadAgainButton, SignButton } from './sign-buttons'

/** The seal and the other ways to vote, on the page that asks one thing. */
export function SignVoting({
  requestId,
  review,
  vote,
  signedInName,
  clock,
}: {
  requestId: string
  review: ReviewView
  vote: VoteBarView
  signedInName: string
  clock: Clock
}) {
  const router = useRouter()
  const path = usePathname()
  const { seen, isChanged, change, readAgain } = useSeenReview(review)
  const shown = seen ?? review
  const isOver = useDeadline(vote.closesAt, clock)
  const keep = useKeepTold()
  const voting = useVoting(requestId, shown.digest, (answer) => {
    keep(answer)
    if (answer.ok && answer.voteId) router.replace(`${path}?signed=${answer.voteId}`)
  })
  const methods = usableMethods(vote)
  useOpenFold()
  useFocusOnBadField(badFieldsOf(voting))

  if (isOver) return <OverSeal />
  return (
    <>
      <SignTold answer={voting.answer} fault={voting.fault} clock={clock} />
      <Seal
        review={shown}
        isConfirmation={vote.isConfirmation}
        note={isChanged && <ChangedNote change={change} clock={clock} />}
      >
        {isChanged ? (
          <ReadAgainButton voting={voting} readAgain={readAgain} />
        ) : (
          methods.includes('passkey') && (
            <SignButton isConfirmation={vote.isConfirmation} voting={voting} />
          )
        )}
      </Seal>
      {methods.length === 0 ? (
        <NoFactor vote={vote} />
      ) : (
        <p className="after-seal">You sign as {signedInName}.</p>
      )}
      {!isChanged && methods.includes('totp') && (
        <Fold
          id="code"
          icon="code"
          title={`${vote.isConfirmation ? 'Confirm' : 'Approve'} with a 6-digit code`}
          isOpen={methods[0] === 'totp'}
        >
          <CodeVote isConfirmation={vote.isConfirmation} voting={voting}>
            <p className="soft">A code works once.</p>
          </CodeVote>
        </Fold>
      )}
      <Fold id="reject" icon="cross" title="Reject" isStop>
        <RejectVote reasons={vote.rejectReasons} voting={voting} />
      </Fold>
    </>
  )
}

/** Nothing of the person's is taken here: what would be, and where to get it. */
function NoFactor({ vote }: { vote: VoteBarView }) {
  const takesCodes = vote.methods.some(({ method }) => method === 'totp')
  return (
    <Notice
      tone="hold"
      isStacked
      lead={takesCodes ? 'You have no second factor for this yet.' : 'This one needs a passkey.'}
    >
      <a href="/account#factors">Set one up in your account</a>. It votes on requests that are
      opened after it was confirmed.
    </Notice>
  )
}

/** A link to `#code` or `#reject` opens that fold; a fold that is opened by hand has the focus in its first field. */
function useOpenFold(): void {
  useEffect(() => {
    const fold = document.getElementById(location.hash.slice(1))
    if (fold instanceof HTMLDetailsElement) fold.open = true
    const focusFirst = ({ target }: Event) => {
      const isByHand = navigator.userActivation?.isActive
      if (!(target instanceof HTMLDetailsElement) || !target.open || !isByHand) return
      target.querySelector<HTMLElement>('input')?.focus()
    }
    // A toggle does not bubble; it is heard on its way down.
    document.addEventListener('toggle', focusFirst, true)
    return () => document.removeEventListener('toggle', focusFirst, true)
  }, [])
}
