import type { ApprovalTree } from './types'

/** Ids of requirements: readable, and the same for the same thing whatever demands it. */
export const requirementId = {
  approval: (tree: ApprovalTree): string => `approval:${treeName(tree)}`,
  evidence: (type: string): string => `evidence:${type}`,
  window: (calendar: string): string => `window:${calendar}`,
  precondition: (name: string): string => `precondition:${name}`,
  decisionPoint: (name: string): string => `decision_point:${name}`,
}

/** A single group goes by its name alone, since all its approvals merge into one: `release_managers`, `all(a,b*2)`. */
function treeName(tree: ApprovalTree): string {
  return 'group' in tree ? tree.group : branchName(tree)
}

function branchName(tree: ApprovalTree): string {
  if ('group' in tree) return tree.count === 1 ? tree.group : `${tree.group}*${tree.count}`
  const [kind, children] =
    'all' in tree ? (['all', tree.all] as const) : (['any', tree.any] as const)
  return `${kind}(${children.map(branchName).sort().join(',')})`
}
