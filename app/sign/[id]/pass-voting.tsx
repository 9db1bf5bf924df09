'use client'

import { usePathname, useRouter } from 'next/navigation'
import type { PasskeyStanding } from '#lib/queries/ticket/passkey-standing'
import type { Clock } from '#lib/wire/clock'
import type { ReviewView, VoteBarView } from '#lib/wire/views/vote'
import { useDeadline } from '../../_client/use-deadline'
import { useFocusOnBadField } from '../../_client/use-focus-on-fault'
import { useSeenReview } from '../../_client/vote/use-seen-review'
import { badFieldsOf, RejectVote } from '../../_client/vote/vote-forms'
import { ChangedNote } from '../../_client/vote/vote-notice'
import { Fold } from '../../_ui/fold'
import { Notice } from '../../_ui/notice'
import { Seal } from '../../_ui/seal'
import { SignTold, useKeepTold } from './kept-told'
import { OverSeal, ReadAgainButton, SignButton } from './sign-buttons'
import { usePassVoting } from './use-pass-voting'

/** The seal for whoever is not signed in: one passkey ceremony says who votes, and votes. */
export function PassVoting({
  requestId,
  review,
  vote,
  voterName,
  passkey,
  clock,
}: {
  requestId: string
  review: ReviewView
  vote: VoteBarView
  /** Whose pass it is: nobody else's vote is taken here. */
  voterName: string
  passkey: PasskeyStanding
  clock: Clock
}) {
  const router = useRouter()
  const path = usePathname()
  const { seen, isChanged, change, readAgain } = useSeenReview(review)
  const shown = seen ?? review
  const isOver = useDeadline(vote.closesAt, clock)
  const keep = useKeepTold()
  const voting = usePassVoting(requestId, shown.digest, (answer) => {
    keep(answer)
    if (answer.ok && answer.voteId) router.replace(`${path}?signed=${answer.voteId}`)
  })
  const isReady = passkey === 'ready'
  useFocusOnBadField(badFieldsOf(voting))

  if (isOver) return <OverSeal />
  return (
    <>
      <SignTold answer={voting.answer} fault={voting.fault} clock={clock} />
      <Seal
        review={shown}
        isConfirmation={vote.isConfirmation}
        signerName={voterName}
        note={isChanged && <ChangedNote change={change} clock={clock} />}
      >
        {isChanged && <ReadAgainButton voting={voting} readAgain={readAgain} />}
        {!isChanged && isReady && (
          <SignButton isConfirmation={vote.isConfirmation} voting={voting} />
        )}
      </Seal>
      {passkey === 'ready' ? (
        <p className="after-seal">Only a passkey of {voterName} votes here.</p>
      ) : (
        <NoPasskey standing={passkey} requestId={requestId} takesCode={takesCode(vote)} />
      )}
      {isReady && (
        <Fold id="reject" icon="cross" title="Reject" isStop>
          <RejectVote
            reasons={vote.rejectReasons}
            hint="Your passkey says who rejects. In Slack and when signed in it takes none."
            voting={voting}
          />
        </Fold>
      )}
    </>
  )
}

const LACKS: Record<Exclude<PasskeyStanding, 'ready'>, { lead: string; text: string }> = {
  none: {
    lead: 'You have no passkey.',
    text: 'Sign in and add one in your account. Once a second person has confirmed it, it votes on requests that are opened after that.',
  },
  unconfirmed: {
    lead: 'Your passkey waits for a second person to confirm it.',
    text: 'Ask an admin. It votes on requests that are opened after it was confirmed.',
  },
  newer: {
    lead: 'Your passkey is newer than this request.',
    text: 'It votes on requests that were opened after it was confirmed.',
  },
}

/** What is missing, and what this person can do now: stopping it takes no factor in Slack. */
function NoPasskey({
  standing,
  requestId,
  takesCode,
}: {
  standing: Exclude<PasskeyStanding, 'ready'>
  requestId: string
  takesCode: boolean
}) {
  const { lead, text } = LACKS[standing]
  const from = encodeURIComponent(`/sign/${requestId}${takesCode ? '#code' : ''}`)
  return (
    <Notice tone="hold" isStacked lead={lead}>
      {text} <a href={`/sign-in?from=${from}`}>Sign in</a>
      {takesCode ? ' to approve with a code.' : ' to see what else you can do.'} To reject, press
      Reject in Slack.
    </Notice>
  )
}

/** The person has an authenticator app that this request takes. Not here: a code proves nothing to whoever only has a link. */
function takesCode({ methods }: VoteBarView): boolean {
  return methods.some(({ method, isEnrolled }) => method === 'totp' && isEnrolled)
}
