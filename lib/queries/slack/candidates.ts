import type { Evaluation } from '#lib/core/policy/types'
import { type Approval, eligibleVoters } from '#lib/core/ticket/eligibility'
import type { Picture } from '../read-held'

/** Somebody who can give what a held request misses: a vote, or the confirmation of theirs after something came. */
export interface Candidate {
  personId: string
  occasion: 'asked' | 'confirm'
}

type Held = Pick<Picture, 'ticket' | 'facts' | 'now'>

/** Whether a vote is missing at all. */
export function needsPeople({ ticket }: Held, evaluation: Evaluation): boolean {
  return (
    ticket.state === 'open' &&
    evaluation.requirements.some(
      ({ requirement, state }) =>
        state === 'to_confirm' || (requirement.kind === 'approval' && state === 'missing'),
    )
  )
}

/**
 * Everybody who may vote on what is missing and whose vote does not count already, linked to Slack or not. People behind the
 * request, inactive ones and those whose membership has ended are not among them.
 */
export function candidatesFor(held: Held, evaluation: Evaluation): Candidate[] {
  const { ticket, facts, now } = held
  if (!needsPeople(held, evaluation)) return []
  const approvals = evaluation.requirements.filter(
    (status): status is typeof status & { requirement: Approval } =>
      status.requirement.kind === 'approval',
  )
  const votersOf = (those: typeof approvals) =>
    new Set(those.flatMap(({ requirement }) => eligibleVoters(requirement, facts, now)))
  const approved = new Map(
    ticket.votes.filter(({ choice }) => choice === 'approve').map(({ person, id }) => [person, id]),
  )
  const isCounted = (personId: string) =>
    evaluation.countedVotes.includes(approved.get(personId) ?? '')
  const mayVote = votersOf(approvals)
  const missing = votersOf(approvals.filter(({ state }) => state === 'missing'))
  const toConfirm = evaluation.requirements.some(({ state }) => state === 'to_confirm')
  const asked = [...missing].filter((personId) => !isCounted(personId))
  const confirming = toConfirm ? [...approved.keys()].filter((id) => mayVote.has(id)) : []
  return [...new Set([...asked, ...confirming])].map((personId) => ({
    personId,
    occasion: approved.has(personId) ? 'confirm' : 'asked',
  }))
}
