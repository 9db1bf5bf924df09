import { numberWord, plainName } from '#lib/core/policy/plain-words'
import type { CompiledPolicy, RequirementStatus } from '#lib/core/policy/types'
import { groupsOf } from '#lib/core/ticket/tally'
import type { Prose } from '#lib/wire/views/common'
import type { InboxNeedView, InboxRowView } from '#lib/wire/views/inbox'
import { requirementTitle } from '../requirement-title'
import { OWN_PLACE } from '../ticket/own-change'
import { RISK_LABELS } from '../ticket/risk-labels'
import { REJECT_REASONS } from '../ticket/vote-bar-view'
import type { InboxRecord } from './read-rows'

/**
 * @param policies whose labels the groups are called by
 * @param viewer the groups they are a member of
 */
export function inboxRow(
  record: InboxRecord,
  policies: readonly CompiledPolicy[],
  viewer: { groups: readonly string[] },
): InboxRowView {
  const isOpen = record.state === 'open'
  return {
    requestId: record.id,
    goal: record.goal,
    tool: record.tools[0] ?? '',
    moreToolCount: Math.max(0, record.tools.length - 1),
    environment: environmentOf(record),
    riskLabel: RISK_LABELS[record.risk],
    callerName: record.callerName,
    ownerName: record.ownerName,
    state: record.state,
    closesAt: record.deadlineAt?.toISOString() ?? null,
    closedAt: record.closedAt?.toISOString() ?? null,
    needs: isOpen ? needsOf(record, policies) : [],
    said: isOpen ? null : saidOf(record),
    silence: silenceOf(record),
    canReject: isOpen && mayReject(record, viewer.groups),
  }
}

function environmentOf(record: InboxRecord): InboxRowView['environment'] {
  if (record.isOwnChange) return { name: OWN_PLACE, registered: true }
  return record.environment === null
    ? { name: record.claimedEnvironment ?? 'not stated', registered: false }
    : { name: record.environment, registered: true }
}

/** As policy last saw it: whoever rejects is asked again, under the lock. */
function mayReject({ isBehind, requirements }: InboxRecord, groups: readonly string[]): boolean {
  if (isBehind) return false
  return requirements.some(
    ({ requirement }) =>
      requirement.kind === 'approval' &&
      groupsOf(requirement.tree).some((group) => groups.includes(group)),
  )
}

function silenceOf({ silent, grantSince, grantEndsAt }: InboxRecord): InboxRowView['silence'] {
  if (silent === null || grantSince === null || grantEndsAt === null) return null
  const [since, lapsesAt] = [grantSince.toISOString(), grantEndsAt.toISOString()]
  return { kind: silent, since, lapsesAt }
}

function needsOf(record: InboxRecord, policies: readonly CompiledPolicy[]): InboxNeedView[] {
  const needs = record.requirements.flatMap((status) => needOf(status, record, policies))
  return [...confirmationOf(record), ...needs].sort((a, b) => Number(b.isYours) - Number(a.isYours))
}

/** Who voted already and is asked again is told why. */
function confirmationOf({ needsMe, hasMyVote }: InboxRecord): InboxNeedView[] {
  if (!needsMe || !hasMyVote) return []
  return [
    { kind: 'missing', isYours: true, text: ['Your confirmation'] },
    { kind: 'aside', isYours: true, text: ['It changed after your vote'] },
  ]
}

function needOf(
  status: RequirementStatus,
  record: InboxRecord,
  policies: readonly CompiledPolicy[],
): InboxNeedView[] {
  const { requirement, state } = status
  const title = requirementTitle(status, policies)
  const need = (kind: 'missing' | 'opens', text: Prose, isYours = false) => [
    { kind, isYours, text },
  ]
  switch (state) {
    case 'to_confirm':
      if (record.needsMe && record.hasMyVote) return []
      // Who is asked for a vote reviews it with that vote.
      return record.needsMe && requirement.kind === 'evidence'
        ? need('missing', [`Your review of the ${plainName(requirement.type)}`], true)
        : need('missing', [`${title}, to be reviewed`])
    case 'waiting':
      return need('opens', waitingText(title, status))
    case 'missing':
      // Whoever approves brings the factor along.
      if (requirement.kind === 'mfa') return []
      if (requirement.kind !== 'approval' || !record.needsMe) return need('missing', [title])
      return record.hasMyVote ? [] : need('missing', [`Your approval${placeOf(status)}`], true)
    default:
      return []
  }
}

/** ", second of two" */
function placeOf({ progress }: RequirementStatus): string {
  if (progress === undefined || progress.needed < 2) return ''
  const places = ['first', 'second', 'third', 'fourth', 'fifth']
  const place = places[progress.counted] ?? 'next'
  return `, ${place} of ${numberWord(progress.needed)}`
}

function waitingText(title: string, { requirement, opensAt }: RequirementStatus): Prose {
  if (opensAt === undefined) return [title]
  const at = { kind: 'time', at: new Date(opensAt).toISOString(), form: 'short' } as const
  if (requirement.kind === 'change_window') return ['Window opens ', at]
  return requirement.kind === 'decision_point'
    ? [`${requirement.name} does not answer, asked again `, at]
    : [title]
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

function grantSaid({ grantState, outcome, isOwnChange }: InboxRecord): string {
  if (isOwnChange && grantState === 'reported') {
    return outcome === 'succeeded' ? 'Applied' : 'Not applied, nothing changed'
  }
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
