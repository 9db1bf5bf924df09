import { describeRequirement } from '#lib/core/policy/describe-requirement'
import type { RequirementStatus } from '#lib/core/policy/types'
import { whyNotEligible } from '#lib/core/ticket/eligibility'
import type { ChecklistItemView, ChecklistStateView } from '#lib/wire/views/ticket'
import type { TicketPicture } from './load-ticket'
import { readerOf } from './reader'

type Shown = Exclude<RequirementStatus['state'], 'at_redeem'>

const STATES: Record<Shown, ChecklistStateView> = {
  met: 'met',
  missing: 'missing',
  to_confirm: 'to_confirm',
  waiting: 'opens',
}

/** What is missing and who can give it, in the order of the evaluation. Preconditions are compared at redeem only. */
export function checklistView(picture: TicketPicture): ChecklistItemView[] {
  return picture.evaluation.requirements.flatMap((status) =>
    status.state === 'at_redeem' ? [] : [itemView(picture, status, STATES[status.state])],
  )
}

function itemView(
  picture: TicketPicture,
  status: RequirementStatus,
  state: ChecklistStateView,
): ChecklistItemView {
  const { requirement, progress, opensAt } = status
  const words = describeRequirement(status, readerOf(picture))
  const sub = claimNote(picture, status) + words.sub
  const isOpen = picture.ticket.state === 'open'
  return {
    id: requirement.id,
    kind: requirement.kind,
    state,
    title: words.title,
    detail: sub === '' ? [] : [sub],
    // Nobody can give what a closed ticket asked for.
    from: isOpen ? words.from.map((line) => [line]) : [],
    canGive: isOpen && state !== 'met' && canGive(picture, status),
    neededCount: progress?.needed ?? 1,
    givenCount: progress?.counted ?? (state === 'met' ? 1 : 0),
    opensAt: opensAt === undefined ? null : new Date(opensAt).toISOString(),
    evidenceType: requirement.kind === 'evidence' ? requirement.type : null,
  }
}

/** The caller's own word on a missing plan is told beside it; it changes nothing. */
function claimNote({ contract }: TicketPicture, { requirement, state }: RequirementStatus): string {
  const isMissingPlan =
    state === 'missing' && requirement.kind === 'evidence' && requirement.type === 'rollback_plan'
  return isMissingPlan && contract.context?.['rollback_plan'] === false
    ? 'The caller says there is none. '
    : ''
}

function canGive(picture: TicketPicture, { requirement }: RequirementStatus): boolean {
  const { viewerId, facts } = picture
  if (viewerId === null) return false
  switch (requirement.kind) {
    case 'approval':
    case 'mfa':
      return mayApprove(picture)
    case 'evidence':
      return facts.directory.people[viewerId]?.active ?? false
    default:
      return false
  }
}

/** Whether the viewer may satisfy one of the approvals that are asked for. */
export function mayApprove({ viewerId, evaluation, facts, now }: TicketPicture): boolean {
  return (
    viewerId !== null &&
    evaluation.requirements.some(
      ({ requirement }) =>
        requirement.kind === 'approval' &&
        whyNotEligible(viewerId, requirement, facts, now) === null,
    )
  )
}
