import { describeRequirement } from '#lib/core/policy/describe-requirement'
import type { RequirementStatus } from '#lib/core/policy/types'
import type { Prose } from '#lib/wire/views-common'
import type { InboxNeedView, InboxRowView } from '#lib/wire/views-inbox'
import { RISK_LABELS } from '../ticket/risk-labels'
import { REJECT_REASONS } from '../ticket/vote-bar-view'
import type { InboxRecord } from './inbox-view'

export function inboxRow(record: InboxRecord): InboxRowView {
  const isOpen = record.state === 'open'
  return {
    requestId: record.id,
    goal: record.goal,
    tool: record.tools[0] ?? '',
    moreToolCount: Math.max(0, record.tools.length - 1),
    environment:
      record.environment === null
        ? { name: record.claimedEnvironment ?? 'not stated', registered: false }
        : { name: record.environment, registered: true },
    riskLabel: RISK_LABELS[record.risk],
    callerName: record.callerName,
    ownerName: record.ownerName,
    state: record.state,
    closesAt: record.deadlineAt?.toISOString() ?? null,
    closedAt: record.closedAt?.toISOString() ?? null,
    needs: isOpen ? needsOf(record) : [],
    said: isOpen ? null : saidOf(record),
    canReject: record.needsMe,
  }
}

function needsOf(record: InboxRecord): InboxNeedView[] {
  const needs = record.requirements.flatMap((status) => needOf(status, record))
  return needs.sort((a, b) => Number(b.isYours) - Number(a.isYours))
}

function needOf(status: RequirementStatus, record: InboxRecord): InboxNeedView[] {
  const { requirement, state } = status
  const { title } = describeRequirement(requirement)
  const isConfirmation = record.needsMe && record.hasMyVote
  switch (state) {
    case 'to_confirm':
      return isConfirmation
        ? [
            { kind: 'missing', isYours: true, text: ['Your confirmation'] },
            { kind: 'aside', isYours: true, text: ['The plan changed after your vote'] },
          ]
        : [
            {
              kind: 'missing',
              isYours: false,
              text: [`Confirmation of the ${title.toLowerCase()}`],
            },
          ]
    case 'waiting':
      return [{ kind: 'opens', isYours: false, text: waitingText(title, status) }]
    case 'missing':
      if (requirement.kind === 'mfa') return []
      return requirement.kind === 'approval' && record.needsMe
        ? [{ kind: 'missing', isYours: true, text: ['Your approval'] }]
        : [{ kind: 'missing', isYours: false, text: [title] }]
    default:
      return []
  }
}

function waitingText(title: string, { requirement, opensAt }: RequirementStatus): Prose {
  if (requirement.kind === 'change_window' && opensAt !== undefined) {
    return ['Window opens ', { kind: 'time', at: new Date(opensAt).toISOString(), form: 'short' }]
  }
  return [title]
}

/** How it ended, in one line: who, or that it was nobody. */
function saidOf(record: InboxRecord): Prose {
  const by = record.closedByName
  const reason = record.closeReason?.['reason']
  switch (record.state) {
    case 'released':
      return [grantSaid(record)]
    case 'rejected':
      return [`By ${by ?? 'an approver'}: ${reasonLabel(reason)}`]
    case 'denied':
      return ['By policy, nothing ran']
    case 'expired':
      return ['Nobody answered, nothing ran']
    case 'cancelled':
      return [by ? `By ${by}, nothing ran` : 'By its caller, nothing ran']
    case 'superseded':
      return ['By a newer request']
    default:
      return []
  }
}

function reasonLabel(reason: unknown): string {
  const known = typeof reason === 'string' && Object.hasOwn(REJECT_REASONS, reason)
  return known
    ? REJECT_REASONS[reason as keyof typeof REJECT_REASONS].toLowerCase()
    : 'no reason given'
}

function grantSaid({ grantState, outcome }: InboxRecord): string {
  switch (grantState) {
    case 'ready':
      return 'Ready, not collected yet'
    case 'collected':
      return 'Collected, not redeemed yet'
    case 'redeemed':
      return 'Redeemed, no outcome reported yet'
    case 'reported':
      return `Ran once, ${String(outcome).replace('_', ' ')}`
    case 'lapsed':
      return 'Lapsed, nothing ran'
    case 'revoked':
      return 'Revoked, nothing ran'
    case 'burnt':
      return 'Refused at redeem, nothing ran'
    default:
      return 'Released'
  }
}
