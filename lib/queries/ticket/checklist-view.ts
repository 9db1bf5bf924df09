import { describeRequirement } from '#lib/core/policy/describe-requirement'
import type { RequirementStatus } from '#lib/core/policy/types'
import { eligibleVoters, whyNotEligible } from '#lib/core/ticket/eligibility'
import { unreachable } from '#lib/core/unreachable'
import type { ChecklistItemView, ChecklistStateView } from '#lib/wire/views'
import type { Prose } from '#lib/wire/views-common'
import type { TicketPicture } from './load-ticket'
import { oneOf } from './people-words'

/** What is missing and who can give it, in the order of the evaluation. */
export function checklistView(picture: TicketPicture): ChecklistItemView[] {
  return picture.evaluation.requirements
    .filter(({ state }) => state !== 'at_redeem')
    .map((status) => itemView(picture, status))
}

const STATES: Record<Exclude<RequirementStatus['state'], 'at_redeem'>, ChecklistStateView> = {
  met: 'met',
  missing: 'missing',
  to_confirm: 'to_confirm',
  waiting: 'opens',
}

function itemView(picture: TicketPicture, status: RequirementStatus): ChecklistItemView {
  const { requirement, progress, opensAt } = status
  const state = status.state === 'at_redeem' ? 'met' : STATES[status.state]
  return {
    id: requirement.id,
    kind: requirement.kind,
    state,
    title: describeRequirement(requirement, picture.policies).title,
    detail: detailOf(picture, status),
    from: fromOf(picture, status),
    canGive: state !== 'met' && canGive(picture, status),
    neededCount: progress?.needed ?? 1,
    givenCount: progress?.counted ?? (state === 'met' ? 1 : 0),
    opensAt: opensAt === undefined ? null : new Date(opensAt).toISOString(),
    evidenceType: requirement.kind === 'evidence' ? requirement.type : null,
  }
}

function detailOf(picture: TicketPicture, status: RequirementStatus): Prose {
  const { requirement, state } = status
  const { facts, nameOf, contract } = picture
  switch (requirement.kind) {
    case 'approval':
      return [
        `Not ${oneOf(facts.requesters.map(nameOf))}, who ${behind(facts.requesters.length)} behind the request`,
      ]
    case 'mfa':
      return [requirement.level === 'any' ? 'Passkey, or a 6-digit code' : 'Passkey only']
    case 'evidence': {
      if (state === 'met') return ['On file and reviewed by a counted approval']
      if (state === 'to_confirm') return ['On file. An approver has not reviewed it yet.']
      const denied =
        requirement.type === 'rollback_plan' && contract.context?.['rollback_plan'] === false
      return [denied ? 'The caller says there is none. Nothing is on file.' : 'Nothing is on file']
    }
    case 'change_window':
      return [describeRequirement(requirement, picture.policies).detail]
    case 'precondition':
      return ['Compared when the runtime redeems']
    case 'decision_point':
      return [answerOf(picture, requirement.name)]
    default:
      return unreachable(requirement)
  }
}

function behind(count: number): string {
  return count === 1 ? 'is' : 'are'
}

function answerOf({ facts }: TicketPicture, name: string): string {
  const answer = facts.remotes.find((remote) => remote.name === name)
  if (!answer) return 'Not asked yet'
  if (answer.error !== undefined) return `It does not answer: ${answer.error.replaceAll('_', ' ')}`
  return `It answered ${answer.verdict}`
}

function fromOf(picture: TicketPicture, status: RequirementStatus): Prose[] {
  const { requirement, shutsAt, opensAt } = status
  switch (requirement.kind) {
    case 'approval':
      return [[votersOf(picture, requirement)], [placesOf(requirement.via)]]
    case 'mfa':
      return [['Whoever approves, in the same step']]
    case 'evidence':
      return [
        [
          requirement.from === 'human'
            ? 'Any person here, not a caller'
            : 'Any person here, or the caller',
        ],
      ]
    case 'change_window':
      if (opensAt !== undefined) return [['Opens by itself ', timeRun(opensAt)]]
      return shutsAt === undefined ? [['Open']] : [['Open until ', timeRun(shutsAt)]]
    case 'decision_point':
      return [['Asked again by itself']]
    case 'precondition':
      return [['The runtime']]
    default:
      return unreachable(requirement)
  }
}

function votersOf(picture: TicketPicture, approval: Parameters<typeof eligibleVoters>[0]): string {
  const { facts, now, viewerId, nameOf } = picture
  const able = eligibleVoters(approval, facts, now)
  if (able.length === 0) return 'Nobody can give it now. An admin has to add somebody.'
  const isMine = viewerId !== null && able.includes(viewerId)
  const others = able.filter((id) => id !== viewerId).map(nameOf)
  return oneOf(isMine ? ['You', ...others] : others)
}

function placesOf(via: readonly string[]): string {
  if (via.length === 2) return 'In the console or in Slack'
  return via[0] === 'slack' ? 'In Slack' : 'In the console'
}

function canGive(
  { viewerId, facts, now, evaluation }: TicketPicture,
  { requirement }: RequirementStatus,
): boolean {
  if (viewerId === null) return false
  const mayApprove = evaluation.requirements.some(
    (one) =>
      one.requirement.kind === 'approval' &&
      whyNotEligible(viewerId, one.requirement, facts, now) === null,
  )
  if (requirement.kind === 'approval')
    return whyNotEligible(viewerId, requirement, facts, now) === null
  if (requirement.kind === 'mfa') return mayApprove
  return requirement.kind === 'evidence' && (facts.directory.people[viewerId]?.active ?? false)
}

function timeRun(epochMs: number): Prose[number] {
  return { kind: 'time', at: new Date(epochMs).toISOString(), form: 'short' }
}
