import { requirementId } from '#lib/core/policy/requirement-id'
import type { ApprovalTree, EvidenceTerms, Requirement } from '#lib/core/policy/types'
import { groupsOf, tally } from '#lib/core/ticket/tally'
import type { ApprovalDocument, DemandDocument, PolicyDocument, TreeDocument } from './document'
import type { Path } from './read-document'

export type Approval = Extract<Requirement, { kind: 'approval' }>
/** Tells of a problem at a place in the document. */
export type Report = (path: Path, message: string) => void

const DEMAND_KINDS = ['approval', 'mfa', 'evidence', 'change_window'] as const

/** What one item of `require` asks for. Nothing, where a problem was reported. */
export function compileDemand(
  demand: DemandDocument,
  document: PolicyDocument,
  path: Path,
  report: Report,
): Requirement[] {
  if (DEMAND_KINDS.filter((kind) => demand[kind] !== undefined).length !== 1) {
    report(path, `Name one of ${DEMAND_KINDS.join(', ')} in each item.`)
    return []
  }
  const { approval, mfa, evidence, change_window: calendar } = demand
  if (approval !== undefined) {
    return compileApproval(approval, document, [...path, 'approval'], report)
  }
  if (mfa !== undefined) return [{ kind: 'mfa', id: 'mfa', level: mfa }]
  if (evidence !== undefined) {
    if (!Object.hasOwn(document.evidence, evidence)) {
      report([...path, 'evidence'], `There is no type of evidence named ${evidence}.`)
    }
    const terms = evidenceTermsOf(document, evidence)
    return [{ kind: 'evidence', id: requirementId.evidence(evidence), type: evidence, ...terms }]
  }
  if (calendar === undefined) return []
  if (!Object.hasOwn(document.calendars, calendar)) {
    report([...path, 'change_window'], `There is no calendar named ${calendar}.`)
  }
  return [{ kind: 'change_window', id: requirementId.window(calendar), calendar }]
}

export function compileApproval(
  approval: ApprovalDocument,
  document: PolicyDocument,
  path: Path,
  report: Report,
): Approval[] {
  const tree = compileTree(approval, document, path, report)
  if (tree === null) return []
  // With everybody in every group, only a tree that nobody can ever satisfy stays unsatisfied.
  const crowd = Array.from({ length: 100 }, (_, index) => `person ${index}`)
  const groups = Object.fromEntries(groupsOf(tree).map((group) => [group, crowd]))
  if (!tally(tree, groups).satisfied) {
    report(path, 'The approval has too many branches or asks for too many people.')
  }
  if (!approval.via.includes('web')) {
    report([...path, 'via'], 'The console (web) has to be one of the ways to approve.')
  }
  return [
    {
      kind: 'approval',
      id: requirementId.approval(tree),
      tree,
      via: [...new Set(approval.via)].sort(),
      mfa: approval.mfa,
      slack_totp: approval.slack_totp,
      vote_max_age_ms: approval.vote_max_age,
    },
  ]
}

export function evidenceTermsOf(document: PolicyDocument, type: string): EvidenceTerms {
  const terms = Object.hasOwn(document.evidence, type) ? document.evidence[type] : undefined
  return {
    from: terms?.from ?? 'human',
    max_age_ms: terms?.max_age ?? null,
    approve_before_evidence: terms?.approve_before_evidence ?? false,
  }
}

function compileTree(
  tree: TreeDocument,
  document: PolicyDocument,
  path: Path,
  report: Report,
): ApprovalTree | null {
  const { group, count, all, any } = tree
  if ([group, all, any].filter((part) => part !== undefined).length !== 1) {
    report(path, 'Name one of group, all and any.')
    return null
  }
  if (group !== undefined) {
    if (!Object.hasOwn(document.groups, group)) {
      report([...path, 'group'], `There is no group named ${group}.`)
    }
    return { group, count: count ?? 1 }
  }
  if (count !== undefined) report([...path, 'count'], 'A count belongs to a group.')
  const branches = (part: TreeDocument[], key: 'all' | 'any') =>
    part.flatMap(
      (child, index) => compileTree(child, document, [...path, key, index], report) ?? [],
    )
  return all !== undefined ? { all: branches(all, 'all') } : { any: branches(any ?? [], 'any') }
}
