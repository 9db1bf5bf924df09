import { unreachable } from '../unreachable'
import { requirementId } from './requirement-id'
import { strictestMfa } from './strictness'
import type { Requirement } from './types'

type Of<Kind extends Requirement['kind']> = Extract<Requirement, { kind: Kind }>

/** Checklist order: who, how, what, when. */
const KINDS: readonly Requirement['kind'][] = [
  'approval',
  'mfa',
  'evidence',
  'change_window',
  'precondition',
  'decision_point',
]

/**
 * One list of all that is demanded, by whatever rule, constraint or policy version: demands of one id become one, with
 * the strictest of all their terms. The MFA level demanded for the whole raises every approval's. Order says nothing, and
 * the result has one order: by kind, then id.
 */
export function mergeRequirements(demanded: readonly Requirement[]): Requirement[] {
  const byId = new Map<string, Requirement>()
  for (const requirement of demanded.map(underItsOwnId)) {
    const known = byId.get(requirement.id)
    byId.set(requirement.id, known === undefined ? requirement : stricter(known, requirement))
  }
  const merged = [...byId.values()]
  const level = strictestMfa(merged.flatMap((one) => (one.kind === 'mfa' ? [one.level] : [])))
  return merged
    .map((one) => (one.kind === 'approval' ? { ...one, mfa: strictestMfa([one.mfa, level]) } : one))
    .sort(byKindThenId)
}

/** Ids are made from the terms, not taken over: no requirement hides behind the id of another. */
function underItsOwnId(requirement: Requirement): Requirement {
  switch (requirement.kind) {
    case 'approval':
      return { ...requirement, id: requirementId.approval(requirement.tree) }
    case 'evidence':
      return { ...requirement, id: requirementId.evidence(requirement.type) }
    case 'change_window':
      return { ...requirement, id: requirementId.window(requirement.calendar) }
    case 'precondition':
      return { ...requirement, id: requirementId.precondition(requirement.name) }
    case 'decision_point':
      return { ...requirement, id: requirementId.decisionPoint(requirement.name) }
    case 'mfa':
      return { ...requirement, id: 'mfa' }
    default:
      return unreachable(requirement)
  }
}

function stricter(a: Requirement, b: Requirement): Requirement {
  if (a.kind === 'approval' && b.kind === 'approval') return stricterApproval(a, b)
  if (a.kind === 'evidence' && b.kind === 'evidence') return stricterEvidence(a, b)
  if (a.kind === 'mfa' && b.kind === 'mfa') {
    return a.level === 'phishing_resistant' ? a : b
  }
  if (a.kind === 'decision_point' && b.kind === 'decision_point') {
    return { ...a, max_age_ms: Math.min(a.max_age_ms, b.max_age_ms) }
  }
  return a
}

function stricterApproval(a: Of<'approval'>, b: Of<'approval'>): Of<'approval'> {
  const via = a.via.filter((channel) => b.via.includes(channel))
  return {
    ...a,
    tree: largerTree(a.tree, b.tree),
    // The console shows everything there is to show, so it is what is left of two lists without a common channel.
    via: via.length > 0 ? via : ['web'],
    mfa: strictestMfa([a.mfa, b.mfa]),
    slack_totp: a.slack_totp && b.slack_totp,
    vote_max_age_ms: Math.min(a.vote_max_age_ms, b.vote_max_age_ms),
  }
}

/** Trees of one id are equal but for the count of a single group. */
function largerTree(a: Of<'approval'>['tree'], b: Of<'approval'>['tree']): Of<'approval'>['tree'] {
  return 'group' in a && 'group' in b && b.count > a.count ? b : a
}

function stricterEvidence(a: Of<'evidence'>, b: Of<'evidence'>): Of<'evidence'> {
  return {
    ...a,
    from: a.from === 'human' ? a.from : b.from,
    max_age_ms: shorter(a.max_age_ms, b.max_age_ms),
    approve_before_evidence: a.approve_before_evidence && b.approve_before_evidence,
  }
}

function shorter(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}

function byKindThenId(a: Requirement, b: Requirement): number {
  const kinds = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)
  if (kinds !== 0) return kinds
  return a.id < b.id ? -1 : Number(a.id > b.id)
}
