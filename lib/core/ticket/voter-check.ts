import type { Evaluation } from '../policy/types'
import { ok, type Result, refuse } from '../result'
import { type Approval, ineligibility, type Voter } from './eligibility'

type Required = Pick<Evaluation, 'requirements'>

/**
 * Whether this human may answer a ticket at all: vote, or reject evidence. They must be eligible for at least one of
 * its approvals.
 * @returns refusal `own_request` or `not_eligible`
 */
export function mayAnswer(evaluation: Required, voter: Voter): Result<undefined> {
  if (voter.isRequester) return refuse('own_request')
  if (!voter.active) {
    return refuse('not_eligible', { detail: 'Your account is not active, so you cannot vote.' })
  }
  return approvalsOf(evaluation, voter).length > 0 ? ok() : refuse('not_eligible')
}

/** The approvals that this human is eligible for. */
export function approvalsOf({ requirements }: Required, voter: Voter): Approval[] {
  return requirements.flatMap(({ requirement }) =>
    requirement.kind === 'approval' && ineligibility(requirement.tree, voter) === null
      ? [requirement]
      : [],
  )
}
