import { unreachable } from '../unreachable'
import { numberWord, plainName } from './plain-words'
import type { ApprovalTree, Issue, RequirementStatus } from './types'

/**
 * What holds the request because a requirement is not met, in plain words, or null: what is met holds nothing, and
 * decision points give issues of their own.
 */
export function outstandingIssue(status: RequirementStatus): Issue | null {
  const told = isOutstanding(status) ? tell(status) : null
  if (told === null) return null
  return { ...told, severity: 'defer', requirement: status.requirement.id }
}

export function isOutstanding({ state }: RequirementStatus): boolean {
  return state === 'missing' || state === 'to_confirm' || state === 'waiting'
}

function tell(status: RequirementStatus): Pick<Issue, 'code' | 'message'> | null {
  const { requirement, state, opensAt } = status
  switch (requirement.kind) {
    case 'approval':
      return { code: 'approval_missing', message: approvalMessage(requirement.tree, status) }
    case 'mfa':
      return { code: 'mfa_missing', message: mfaMessage(requirement.level) }
    case 'evidence':
      return evidenceIssue(requirement.type, state)
    case 'change_window':
      return { code: 'window_shut', message: windowMessage(requirement.calendar, opensAt) }
    case 'decision_point':
    case 'precondition':
      return null
    default:
      return unreachable(requirement)
  }
}

function approvalMessage(tree: ApprovalTree, { progress }: RequirementStatus): string {
  const given =
    progress !== undefined && progress.counted > 0
      ? ` ${progress.counted} of ${progress.needed} given so far.`
      : ''
  return `Approval by ${treeWords(tree)} is missing.${given}`
}

function treeWords(tree: ApprovalTree): string {
  if ('group' in tree) return `${numberWord(tree.count)} of the ${plainName(tree.group)}`
  const [children, word] = 'all' in tree ? [tree.all, ' and '] : [tree.any, ' or ']
  return children
    .map((child) => ('group' in child ? treeWords(child) : `(${treeWords(child)})`))
    .join(word)
}

function mfaMessage(level: 'any' | 'phishing_resistant'): string {
  const factor = level === 'any' ? 'a second factor' : 'a passkey'
  return `An approval with ${factor} is missing.`
}

function evidenceIssue(
  type: string,
  state: RequirementStatus['state'],
): Pick<Issue, 'code' | 'message'> {
  const name = plainName(type)
  return state === 'to_confirm'
    ? {
        code: `${type}_to_confirm`,
        message: `The ${name} on file was not yet reviewed by an approval that counts.`,
      }
    : { code: `${type}_missing`, message: `No ${name} is on file.` }
}

function windowMessage(calendar: string, opensAt: number | undefined): string {
  const shut = `The change window ${plainName(calendar)} is shut.`
  return opensAt === undefined ? shut : `${shut} It opens at ${new Date(opensAt).toISOString()}.`
}
