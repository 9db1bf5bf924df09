import type { Digest } from '#lib/core/contract/digest'
import { digestWords } from '#lib/core/contract/words'
import { eligibleVoters, whyNotEligible } from '#lib/core/ticket/eligibility'
import { buildReview, reviewDigest } from '#lib/core/ticket/review'
import type { Prose } from '#lib/wire/views/common'
import type { RejectReasonView, ReviewView, VoteBarView } from '#lib/wire/views/vote'
import type { TicketPicture } from './load-ticket'
import { isOwnChange } from './own-change'
import { oneOf } from './people-words'
import { REJECT_REASONS } from './reject-reasons'
import { reviewChanges } from './review-changes'
import { endOf, tallyOf } from './vote-result'

export { REJECT_REASONS }

export const rejectReasons: RejectReasonView[] = Object.entries(REJECT_REASONS).map(
  ([code, label]) => ({ code, label }),
)

export function voteBarView(picture: TicketPicture): VoteBarView {
  const { ticket } = picture
  const isOpen = ticket.state === 'open'
  const whyNot = whyNotVote(picture)
  const live = ticket.votes.find((vote) => vote.person === picture.viewerId)
  return {
    review: isOpen ? reviewView(picture) : null,
    canVote: isOpen && whyNot === null,
    whyNot,
    isConfirmation: needsConfirmation(picture),
    methods: methodsFor(picture),
    mine: live ? { choice: live.choice, at: new Date(live.at).toISOString() } : null,
    tally: isOpen ? tallyOf(picture) : null,
    closesAt: isOpen && ticket.deadlineAt ? new Date(ticket.deadlineAt).toISOString() : null,
    ended: endOf(picture),
    rejectReasons,
  }
}

export function reviewView(picture: TicketPicture): ReviewView {
  const digest = reviewDigest(buildReview(picture.facts, picture.evaluation)) as Digest
  return {
    digest,
    words: digestWords(digest),
    isUnbound: picture.evaluation.issues.some(({ code }) => code === 'unbound_arguments'),
    isInSlack: picture.isInSlack,
    changes: reviewChanges(picture),
  }
}

/** The viewer approved, and something they did not review has come since. */
export function needsConfirmation({ ticket, viewerId, evaluation }: TicketPicture): boolean {
  const mine = ticket.votes.find(
    ({ person, choice }) => person === viewerId && choice === 'approve',
  )
  if (!mine) return false
  const isVoid = evaluation.voidVotes.some(({ id }) => id === mine.id)
  return isVoid || evaluation.requirements.some(({ state }) => state === 'to_confirm')
}

/** What an approval here takes, best first; a phishing-resistant one takes no code. */
export function methodsFor({ evaluation, viewerMethods }: TicketPicture): VoteBarView['methods'] {
  const levels = evaluation.requirements.flatMap(({ requirement }) =>
    requirement.kind === 'approval' ? [requirement.mfa] : [],
  )
  const accepted = levels.includes('phishing_resistant')
    ? (['passkey'] as const)
    : (['passkey', 'totp'] as const)
  return accepted.map((method) => ({ method, isEnrolled: viewerMethods.includes(method) }))
}

function whyNotVote(picture: TicketPicture): Prose | null {
  const { viewerId, facts, now, evaluation, rows, ticket } = picture
  if (ticket.state !== 'open') return null
  if (viewerId === null) return ['Sign in to vote.']
  const approvals = evaluation.requirements.flatMap(({ requirement }) =>
    requirement.kind === 'approval' ? [requirement] : [],
  )
  const reasons = approvals.map((approval) => whyNotEligible(viewerId, approval, facts, now))
  if (reasons.includes(null)) return null
  const able = [...new Set(approvals.flatMap((approval) => eligibleVoters(approval, facts, now)))]
  const others =
    able.length === 0
      ? 'Nobody can vote on it now.'
      : `${oneOf(able.map(picture.nameOf))} can vote.`
  if (reasons.includes('own_request')) {
    if (isOwnChange(picture)) return [`You asked for it. ${others}`]
    const link = viewerId === rows.caller.owner_id ? 'You own' : 'You stand behind'
    return [`${link} ${rows.caller.name}, which asked for it. ${others}`]
  }
  return [`Your groups do not approve this. ${others}`]
}
