import type { ReactNode } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { Prose as ProseRuns } from '#lib/wire/views/common'
import type { ReviewView, VoteBarView } from '#lib/wire/views/vote'
import { ButtonLink } from '../button'
import { DigestWords } from '../digest'
import { Icon, type IconName } from '../icon'
import { Prose } from '../prose'
import { Time } from '../time'
import { approveText, iconOfMethod, usableMethods } from './vote-methods'

/** Stays at the bottom of an open ticket: the words, the issue, reject, approve. Approve is last, largest and the only filled one. */
export function VoteBar({
  vote,
  clock,
  signHref,
  review = vote.review,
  told,
  isOver = false,
  note,
  actions,
}: {
  vote: VoteBarView
  clock: Clock
  /** The signing page of this ticket. */
  signHref: string
  /** The review whose words are shown, where it is not the latest. */
  review?: ReviewView | null
  /** What came of the last vote, and how the ticket ended; it outlives the end. */
  told?: ReactNode
  /** Its time is over: nothing is asked any more. */
  isOver?: boolean
  /** In place of the usual note. */
  note?: ReactNode
  /** In place of the links: a ceremony on this page. */
  actions?: ReactNode
}) {
  const isAsked = vote.review !== null && review !== null && !isOver
  if (!isAsked && !told) return null
  return (
    <section className="votebar" aria-label="Your vote">
      {told}
      {isAsked && (
        <div className="wrap">
          <div className="mine">
            <span className="label">{wordsLabel(vote, review)}</span>
            <DigestWords words={review.words} />
          </div>
          {note ?? <BarNote vote={vote} review={review} clock={clock} />}
          <div className="acts">{actions ?? <VoteLinks vote={vote} signHref={signHref} />}</div>
        </div>
      )}
    </section>
  )
}

function wordsLabel(vote: VoteBarView, review: ReviewView): string {
  if (!vote.canVote) return 'The words of this review'
  if (vote.mine && !vote.isConfirmation) return 'The words of the review now'
  const label = vote.isConfirmation ? 'You sign these new words' : 'You sign these words'
  // Slack shows the latest, which somebody who has not read it again does not see here yet.
  const isLatest = review.digest === vote.review?.digest
  return review.isInSlack && isLatest ? `${label}. Slack shows the same.` : label
}

/** One note at a time: why not, how the viewer voted, or what is not bound. */
function BarNote({ vote, review, clock }: { vote: VoteBarView; review: ReviewView; clock: Clock }) {
  const { whyNot, mine, isConfirmation } = vote
  if (whyNot) return <PlainNote icon="info" text={whyNot} clock={clock} />
  if (mine && isConfirmation) {
    const text = ['You signed before this came. It counts once you confirm it.']
    return <PlainNote icon="alert" text={text} clock={clock} />
  }
  if (mine) {
    return (
      <p className="issue plain">
        <Icon name="check" />
        <span>
          You {mine.choice === 'approve' ? 'approved' : 'rejected'} this at{' '}
          <Time at={mine.at} form="short" clock={clock} />.
          {vote.tally && ` ${vote.tally.counted} of ${vote.tally.needed} signed.`}
        </span>
      </p>
    )
  }
  return review.isUnbound ? <UnboundIssue /> : <span />
}

export function PlainNote({
  icon,
  text,
  clock,
}: {
  icon: IconName
  text: ProseRuns
  clock: Clock
}) {
  return (
    <p className={icon === 'alert' ? 'issue' : 'issue plain'}>
      <Icon name={icon} />
      <span>
        <Prose of={text} clock={clock} />
      </span>
    </p>
  )
}

/** Said beside the button that signs, wherever that is. */
export function UnboundIssue() {
  return (
    <p className="issue">
      <Icon name="alert" />
      <span>No arguments are bound. You sign the goal and the tool only.</span>
    </p>
  )
}

function VoteLinks({ vote, signHref }: { vote: VoteBarView; signHref: string }) {
  if (!vote.canVote) return null
  const [first, second] = usableMethods(vote)
  if (!first) return <ButtonLink href="/account#factors">Set up a second factor to sign</ButtonLink>
  return (
    <>
      {second && (
        <ButtonLink kind="quiet" href={signHref + anchorOf(second)}>
          {second === 'totp' ? 'Use a code' : 'Use a passkey'}
        </ButtonLink>
      )}
      <ButtonLink kind="reject" size="large" href={`${signHref}#reject`}>
        Reject
      </ButtonLink>
      <ButtonLink
        kind="sign"
        size="large"
        icon={iconOfMethod[first]}
        href={signHref + anchorOf(first)}
      >
        {approveText(first, vote.isConfirmation)}
      </ButtonLink>
    </>
  )
}

function anchorOf(method: string): string {
  return method === 'totp' ? '#code' : ''
}
