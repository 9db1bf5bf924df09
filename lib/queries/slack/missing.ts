import { describeRequirement } from '#lib/core/policy/describe-requirement'
import { memberWords, numberWord } from '#lib/core/policy/plain-words'
import type { Requirement, RequirementStatus } from '#lib/core/policy/types'
import { levelFor, weaknessOf } from '#lib/core/ticket/strength'
import { isSlackEvidenceType } from '#lib/wire/slack/forms'
import type { CardView, MissingView } from '#lib/wire/views/slack'
import type { TicketPicture } from '../ticket/load-ticket'
import { readerOf } from '../ticket/reader'

export type ApprovalStatus = RequirementStatus & {
  requirement: Extract<Requirement, { kind: 'approval' }>
}

/** The checklist's open items in a line each. The factor is in the line of its approval. */
export function missingOf(picture: TicketPicture): MissingView[] {
  const statuses = outstanding(picture)
  const isApprovalMissing = statuses.some(({ requirement }) => requirement.kind === 'approval')
  return statuses
    .filter(({ requirement }) => !(requirement.kind === 'mfa' && isApprovalMissing))
    .map((status) => ({ kind: status.requirement.kind, text: lineOf(picture, status) }))
}

export function outstanding({ evaluation }: TicketPicture): RequirementStatus[] {
  return evaluation.requirements.filter(({ state }) => state !== 'met' && state !== 'at_redeem')
}

/** The worker has seen all that came: what is missing now was missing when it last decided. */
export function isEvaluated({ ticket }: TicketPicture): boolean {
  return ticket.inputSeq <= ticket.evaluatedSeq
}

export function isApproval(status: RequirementStatus): status is ApprovalStatus {
  return status.requirement.kind === 'approval'
}

/** Votes that the approvals still need. */
export function missingVotes(picture: TicketPicture): number {
  return outstanding(picture)
    .filter(isApproval)
    .reduce((sum, { progress }) => sum + (progress ? progress.needed - progress.counted : 1), 0)
}

export function wantsVote(picture: TicketPicture): boolean {
  return outstanding(picture).some((one) => isApproval(one) || one.state === 'to_confirm')
}

/** Some missing evidence has a form in Slack, or only in the console. */
export function evidenceIn(picture: TicketPicture): CardView['evidenceIn'] {
  const types = outstanding(picture).flatMap(({ requirement, state }) =>
    requirement.kind === 'evidence' && state === 'missing' ? [requirement.type] : [],
  )
  if (types.length === 0) return null
  return types.some(isSlackEvidenceType) ? 'slack' : 'console'
}

function lineOf(picture: TicketPicture, status: RequirementStatus): string {
  const { title, from } = describeRequirement(status, readerOf(picture))
  if (isApproval(status))
    return `${approvalWords(picture, status, title)}${factorWords(picture, status)}`
  if (status.requirement.kind === 'evidence' && status.state === 'to_confirm') {
    return `${title}, to be reviewed by whoever approves`
  }
  const opens = status.state === 'waiting' ? from[0] : undefined
  return opens === undefined ? title : `${title}: ${lowerFirst(opens)}`
}

/** "Approval by one more release manager": of a group's approval that was given in part, what is left of it. */
function approvalWords(
  picture: TicketPicture,
  { requirement: { tree }, progress }: ApprovalStatus,
  title: string,
): string {
  if (progress === undefined || progress.counted === 0) return title
  const left = progress.needed - progress.counted
  if ('group' in tree && left > 0) {
    return `Approval by ${numberWord(left)} more ${memberWords(tree.group, left, readerOf(picture))}`
  }
  return `${title}, ${numberWord(progress.counted)} of ${numberWord(progress.needed)} given`
}

/** ", each with a passkey", ", with passkey or code" */
function factorWords(picture: TicketPicture, { requirement, progress }: ApprovalStatus): string {
  const left = progress ? progress.needed - progress.counted : 1
  const each = left > 1 ? 'each ' : ''
  const all = picture.evaluation.requirements.map((one) => one.requirement)
  switch (levelFor(requirement, all)) {
    case 'phishing_resistant':
      return `, ${each}with a passkey`
    case 'any':
      return `, ${each}with passkey or code`
    default:
      return ''
  }
}

/**
 * Whether a code typed into Slack would count for every approval that a vote from here is for: what the core says, asked
 * beforehand. `isFor` picks the approvals that the voter can give.
 */
export function takesCode(
  { evaluation }: TicketPicture,
  isFor: (approval: ApprovalStatus['requirement']) => boolean,
): boolean {
  const all = evaluation.requirements.map(({ requirement }) => requirement)
  const approvals = evaluation.requirements
    .filter(isApproval)
    .filter(({ requirement }) => isFor(requirement))
  const open = approvals.filter(({ state }) => state !== 'met')
  const asked = open.length > 0 ? open : approvals
  const code = { method: 'totp', channel: 'slack' } as const
  return (
    asked.length > 0 &&
    asked.every(
      ({ requirement }) => weaknessOf(code, requirement, levelFor(requirement, all)) === null,
    )
  )
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
