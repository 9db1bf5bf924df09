'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { ReviewView, VoteBarView } from '#lib/wire/views/vote'
import { Modal } from '../../../_client/modal'
import { useDeadline } from '../../../_client/use-deadline'
import { useFocusOnBadField } from '../../../_client/use-focus-on-fault'
import { useSeenReview } from '../../../_client/vote/use-seen-review'
import { useVoting, type Voting } from '../../../_client/vote/use-voting'
import { badFieldsOf, CodeVote, RejectVote } from '../../../_client/vote/vote-forms'
import { ChangedNote } from '../../../_client/vote/vote-notice'
import { DigestWords } from '../../../_ui/digest'
import { UnboundIssue, VoteBar } from '../../../_ui/vote/vote-bar'
import { VoteActs } from './vote-acts'
import { useTold, VoteTold } from './vote-told'

type Shown = 'code' | 'reject' | null

/** Voting from the ticket page. Before its script runs, its buttons lead to the signing page. */
export function VoteArea({
  requestId,
  vote,
  clock,
}: {
  requestId: string
  vote: VoteBarView
  clock: Clock
}) {
  const router = useRouter()
  const path = usePathname()
  const told = useRef<HTMLDivElement>(null)
  const [shown, setShown] = useState<Shown>(null)
  const { seen, isChanged, change, readAgain } = useSeenReview(
    vote.review,
    vote.mine !== null && !vote.isConfirmation,
  )
  const isOver = useDeadline(vote.closesAt, clock)
  const voting = useVoting(requestId, seen?.digest ?? '', (answer) => {
    if (answer.ok || !answer.fields) setShown(null)
    // The signature that was just accepted writes itself where it stands.
    if (answer.ok && answer.voteId) router.replace(`${path}?signed=${answer.voteId}#signatures`)
  })
  const notice = useTold({ vote, voting, isOver })
  useFocusOnTold(told, voting, notice?.kind ?? null)
  const signHref = `/sign/${requestId}`
  if (vote.review === null && notice === null) return null

  return (
    <>
      <VoteBar
        vote={vote}
        review={seen}
        clock={clock}
        signHref={signHref}
        isOver={isOver}
        told={<VoteTold ref={told} shown={notice} fault={voting.fault} clock={clock} />}
        note={isChanged && vote.canVote ? <ChangedNote change={change} clock={clock} /> : undefined}
        actions={
          <VoteActs
            vote={vote}
            voting={voting}
            setShown={setShown}
            onReadAgain={isChanged ? readAgain : null}
            signHref={signHref}
          />
        }
      />
      {vote.canVote && seen && !isOver && (
        <VoteDialogs
          vote={vote}
          review={seen}
          voting={voting}
          shown={shown}
          onClose={() => {
            setShown(null)
            if (badFieldsOf(voting)) voting.clear()
          }}
        />
      )}
    </>
  )
}

function VoteDialogs({
  vote,
  review,
  voting,
  shown,
  onClose,
}: {
  vote: VoteBarView
  review: ReviewView
  voting: Voting
  shown: Shown
  onClose: () => void
}) {
  useFocusOnBadField(badFieldsOf(voting))
  return (
    <>
      <Modal
        id="code-dialog"
        title={vote.isConfirmation ? 'Confirm with a code' : 'Approve with a code'}
        isOpen={shown === 'code'}
        onClose={onClose}
      >
        <CodeVote isConfirmation={vote.isConfirmation} voting={voting}>
          {review.isUnbound && <UnboundIssue />}
          <p className="soft">You sign these words. A code works once.</p>
          <DigestWords words={review.words} isBig />
        </CodeVote>
      </Modal>
      <Modal
        id="reject-dialog"
        title="Reject this request"
        isOpen={shown === 'reject'}
        onClose={onClose}
      >
        <RejectVote reasons={vote.rejectReasons} voting={voting} />
      </Modal>
    </>
  )
}

/** The button that was pressed may be gone with the answer: the focus goes to what came of it, never nowhere. */
function useFocusOnTold(
  told: { current: HTMLDivElement | null },
  { answer }: Pick<Voting, 'answer'>,
  kind: string | null,
): void {
  useEffect(() => {
    if (kind === null) return
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (answer !== null || isLost) told.current?.focus({ preventScroll: true })
  }, [told, answer, kind])
}
