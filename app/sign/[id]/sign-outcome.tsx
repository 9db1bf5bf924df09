import type { ReactNode } from 'react'
import { timeText } from '#lib/wire/clock'
import type { SignView } from '#lib/wire/views/ticket'
import type { VoteView } from '#lib/wire/views/vote'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { Prose } from '../../_ui/prose'
import { Sent } from '../../_ui/sent'
import { TicketState, Verdict } from '../../_ui/state'
import { methodWords, ticketLook } from '../../_ui/states'
import { Signature } from '../../_ui/vote/signatures'
import { KeptTold } from './kept-told'
import { SignSheet } from './sign-page'
import { WithdrawVote } from './withdraw-vote'

/** In place of the question: what came of it, why this person is not asked, or how it ended without them. */
export function SignOutcome({
  view,
  live,
  freshVoteId,
  isSignedIn = true,
  note,
}: {
  view: SignView
  live?: ReactNode
  freshVoteId: string | null
  /** Nobody is, by a pass: everything but this page asks who is there. */
  isSignedIn?: boolean
  /** Above everything: as whom it is shown, where that is not plain. */
  note?: ReactNode
}) {
  const { ticket, signature, vote } = view
  const isOpen = ticket.state === 'open'
  return (
    <SignSheet view={view} live={live}>
      {note}
      <KeptTold clock={{ zone: view.zone, now: view.now }} />
      <EmptyState
        heading="h1"
        tone={ticketLook[ticket.state].line}
        standing={
          <>
            <Verdict verdict={ticket.verdict} />
            <TicketState state={ticket.state} />
          </>
        }
        title={titleOf(view)}
        actions={
          <>
            <ButtonLink href={`/tickets/${ticket.requestId}`}>
              {isSignedIn ? seeText(isOpen) : `Sign in to ${seeText(isOpen).toLowerCase()}`}
            </ButtonLink>
            {isSignedIn && isOpen && signature && <WithdrawVote requestId={ticket.requestId} />}
          </>
        }
      >
        <p className="asks">{ticket.caller.name} asked</p>
        <p className="goal-said">
          “<Sent text={ticket.goal} />”
        </p>
        {signature && <Signed vote={signature} view={view} freshVoteId={freshVoteId} />}
        {isOpen && vote.tally && vote.tally.needed > 1 && (
          <p>
            {vote.tally.counted} of {vote.tally.needed} have signed.
          </p>
        )}
        {isOpen && !signature && vote.whyNot && (
          <p>
            <Prose of={vote.whyNot} clock={view} />
          </p>
        )}
        <p>
          <Prose of={view.standing} clock={view} />
        </p>
      </EmptyState>
    </SignSheet>
  )
}

function seeText(isOpen: boolean): string {
  return isOpen ? 'See the request' : 'See how it ended'
}

function Signed({
  vote,
  view,
  freshVoteId,
}: {
  vote: VoteView
  view: SignView
  freshVoteId: string | null
}) {
  const deed = vote.choice === 'approve' ? `Approved ${methodWords[vote.method]}` : 'Rejected'
  return (
    <Signature
      name={vote.name}
      isFresh={vote.id === freshVoteId}
      under={`${deed}, ${timeText(vote.at, 'day_seconds', view)}`}
    />
  )
}

function titleOf({ ticket, signature, vote, needs }: SignView): string {
  if (ticket.state === 'open') {
    const isWhole = needs.every(({ state }) => state === 'met')
    if (signature) return isWhole ? 'Signed, being released' : 'Signed, still held'
    return vote.whyNot ? 'You cannot vote on this one' : 'Held'
  }
  if (signature?.choice === 'reject') return 'Rejected, nothing will run'
  const ended = {
    released: signature ? 'Signed and released' : 'Released without you',
    rejected: 'Rejected, nothing will run',
    denied: 'Denied by policy, nothing ran',
    expired: 'Expired, nothing ran',
    cancelled: 'Cancelled, nothing ran',
    superseded: 'Superseded, nothing ran',
  }
  return ended[ticket.state]
}
