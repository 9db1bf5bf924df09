import type { ReactNode } from 'react'
import type { MfaMethodView } from '#lib/wire/views-common'
import type { ReviewView, VoteBarView } from '#lib/wire/views-vote'
import { ButtonLink } from './button'
import type { Clock } from './clock'
import { DigestWords } from './digest'
import { Icon } from './icon'
import { Prose } from './prose'
import { Time } from './time'

/** Stays at the bottom of an open ticket: the words, the issue, reject, approve. Approve is last, largest and the only filled one. */
export function VoteBar({
  vote,
  clock,
  signHref,
  actions,
}: {
  vote: VoteBarView
  clock: Clock
  /** The signing page of this ticket. */
  signHref: string
  /** In place of the links: withdraw, or a ceremony on this page. */
  actions?: ReactNode
}) {
  if (!vote.review) return null
  return (
    <section className="votebar" aria-label="Your vote">
      <div className="wrap">
        <div className="mine">
          <span className="label">{wordsLabel(vote)}</span>
          <DigestWords words={vote.review.words} />
        </div>
        <BarNote vote={vote} review={vote.review} clock={clock} />
        <div className="acts">{actions ?? <VoteLinks vote={vote} signHref={signHref} />}</div>
      </div>
    </section>
  )
}

function wordsLabel(vote: VoteBarView): string {
  if (!vote.canVote) return 'The words of this review. Slack shows the same.'
  if (vote.isConfirmation) return 'You sign these new words. Slack shows the same.'
  return 'You sign these words. Slack shows the same.'
}

/** One note at a time: why not, or what is not bound, or how the viewer voted. */
function BarNote({ vote, review, clock }: { vote: VoteBarView; review: ReviewView; clock: Clock }) {
  if (vote.whyNot) {
    return (
      <p className="issue plain">
        <Icon name="info" />
        <span>
          <Prose of={vote.whyNot} clock={clock} />
        </span>
      </p>
    )
  }
  if (review.isUnbound) return <UnboundIssue />
  if (!vote.mine) return <span />
  return (
    <p className="issue plain">
      <Icon name="check" />
      <span>
        You {vote.mine.choice === 'approve' ? 'approved' : 'rejected'} this at{' '}
        <Time at={vote.mine.at} form="short" clock={clock} />.
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
  const usable = vote.methods.filter((method) => method.isEnrolled).map((method) => method.method)
  const [first, second] = usable
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
      <ButtonLink kind="sign" size="large" icon={iconOf(first)} href={signHref + anchorOf(first)}>
        {approveText(first, vote.isConfirmation)}
      </ButtonLink>
    </>
  )
}

function anchorOf(method: MfaMethodView): string {
  return method === 'totp' ? '#code' : ''
}

function iconOf(method: MfaMethodView): 'passkey' | 'code' | 'check' {
  const icons = { passkey: 'passkey', totp: 'code', none: 'check' } as const
  return icons[method]
}

/** "Approve with passkey", "Confirm with code" */
export function approveText(method: MfaMethodView, isConfirmation: boolean): string {
  const verb = isConfirmation ? 'Confirm' : 'Approve'
  const how = { passkey: ' with passkey', totp: ' with code', none: '' }
  return `${verb}${how[method]}`
}
