import { unreachable } from '../unreachable'
import { isOutstanding } from './outstanding-issue'
import {
  approverWords,
  capitalised,
  listed,
  memberWords,
  type Names,
  numberWord,
  plainName,
  timeWords,
} from './plain-words'
import type { ApprovalTree, Evaluation, RequirementStatus } from './types'

/** For holds that no requirement ends. */
const HOLDS: Record<string, string> = {
  policy_error: 'its policy could not be evaluated',
  policy_unavailable: 'its policy is not available',
  unknown_calendar: 'it names a calendar that nobody knows',
  environment_unknown: 'no environment is registered for its tools',
}
const OTHER_HOLD = 'its policy holds it'

/**
 * Why a request is held, for a manager on a phone: "Held because no release manager has approved it and no rollback plan
 * is on file. Nothing runs until both are here. Business hours are open until 17:00." The first word is the strong one.
 * It holds no text of the caller's.
 */
export function heldSentence(
  { requirements, issues }: Pick<Evaluation, 'requirements' | 'issues'>,
  names: Names,
): string {
  const waits = requirements.filter(isOutstanding)
  const isApprovalMissing = waits.some(({ requirement }) => requirement.kind === 'approval')
  const reasons = waits
    // Whoever approves brings the factor along, so it is no reason of its own.
    .filter(({ requirement }) => !(requirement.kind === 'mfa' && isApprovalMissing))
    .map((status) => reasonOf(status, names))
  const holds = issues
    .filter(({ severity, requirement }) => severity === 'defer' && requirement === undefined)
    .map(({ code }) => (Object.hasOwn(HOLDS, code) ? HOLDS[code] : undefined) ?? OTHER_HOLD)
  const because = [...new Set([...reasons, ...holds])]
  if (because.length === 0) return 'Nothing is missing.'
  return [
    `Held because ${listed(because, 'and')}.`,
    untilWords(because.length),
    ...requirements.flatMap((status) => windowWords(status, names)),
  ].join(' ')
}

function reasonOf(status: RequirementStatus, names: Names): string {
  const { requirement, state } = status
  switch (requirement.kind) {
    case 'approval':
      return approvalReason(requirement.tree, status, names)
    case 'mfa':
      return requirement.level === 'any'
        ? 'no approval came with a second factor'
        : 'no approval came with a passkey'
    case 'evidence':
      return state === 'to_confirm'
        ? `nobody who approved has reviewed the ${plainName(requirement.type)}`
        : `no ${plainName(requirement.type)} is on file`
    case 'change_window':
      return `it is outside ${plainName(requirement.calendar)}`
    case 'decision_point':
      return state === 'waiting'
        ? `${requirement.name} has not answered`
        : `${requirement.name} does not allow it`
    case 'precondition':
      return 'a precondition is not met'
    default:
      return unreachable(requirement)
  }
}

function approvalReason(tree: ApprovalTree, { progress }: RequirementStatus, names: Names): string {
  const counted = progress?.counted ?? 0
  if (!('group' in tree)) {
    const given =
      counted > 0 ? `, of which ${numberWord(counted)} ${counted === 1 ? 'is' : 'are'} given` : ''
    return `it needs approval by ${approverWords(tree, names)}${given}`
  }
  if (counted > 0) {
    const left = Math.max(1, tree.count - counted)
    const have = left === 1 ? 'has' : 'have'
    return `${numberWord(left)} more ${memberWords(tree.group, left, names)} ${have} to approve it`
  }
  return tree.count === 1
    ? `no ${memberWords(tree.group, 1, names)} has approved it`
    : `none of the ${numberWord(tree.count)} ${memberWords(tree.group, tree.count, names)} it needs has approved it`
}

function untilWords(count: number): string {
  if (count === 1) return 'Nothing runs until then.'
  return `Nothing runs until ${count === 2 ? 'both' : `all ${numberWord(count)}`} are here.`
}

function windowWords(
  { requirement, state, opensAt, shutsAt }: RequirementStatus,
  names: Names,
): string[] {
  if (requirement.kind !== 'change_window') return []
  const name = capitalised(plainName(requirement.calendar))
  const isPlural = name.endsWith('s')
  if (state === 'met') {
    if (shutsAt === undefined) return []
    return [`${name} ${isPlural ? 'are' : 'is'} open until ${timeWords(shutsAt, names)}.`]
  }
  if (opensAt === undefined) return []
  return [`${name} ${isPlural ? 'open' : 'opens'} ${timeWords(opensAt, names)}.`]
}
