import type { Contract } from '../contract/contract'
import { pointer } from '../contract/json'
import { demandOfConstraints } from './demand-of-constraints'
import { demandOfTools, type ToolsDemand } from './demand-of-tools'
import type { Needs } from './needs'
import { requirementId } from './requirement-id'
import { isDangerous } from './strictness'
import type { CompiledPolicy, Facts, Issue, Obligation, Requirement, RiskClass } from './types'

/** What one policy version demands of a contract, before anything is held against it. */
export interface Demand {
  /** May repeat one another: see mergeRequirements. */
  requirements: Requirement[]
  /** All but those that end when a requirement is met. */
  issues: Issue[]
  obligations: Obligation[]
  risk: RiskClass
  /** Registered environments that the tools act on, sorted. */
  environments: string[]
}

/**
 * All that a policy demands: of every tool, by every rule that matches, and by the contract's own constraints. Everything
 * is added up and nothing takes anything away.
 * @param calendars those that are in force, which may be a later version's
 */
export function demandOf(
  policy: CompiledPolicy,
  calendars: CompiledPolicy['calendars'],
  contract: Contract,
  facts: Facts,
): Demand {
  const tools = demandOfTools(policy, contract, facts.caller)
  const constraints = demandOfConstraints(
    { policy, calendars, environments: tools.environments, caller: facts.caller },
    contract.constraints ?? [],
  )
  const asked = [
    ...tools.requirements,
    ...constraints.requirements,
    ...(contract.preconditions ?? []).map(({ name }) => precondition(name)),
    ...policy.decisionPoints.map(decisionPoint),
  ]
  return {
    requirements: [...asked, ...approvals(asked, tools, constraints, policy)].map((one) =>
      fromPeopleOnly(one, tools.risk),
    ),
    issues: [
      ...callerIssues(facts),
      ...consoleIssues(contract, facts),
      ...environmentIssues(tools),
      ...tools.issues,
      ...constraints.issues,
    ],
    obligations: constraints.obligations,
    risk: tools.risk,
    environments: tools.environments,
  }
}

/**
 * The default approval, where it is needed. An approval that only a claim brought in does not stand in for it: claims take nothing away.
 */
function approvals(
  asked: readonly Requirement[],
  tools: ToolsDemand,
  constraints: Needs,
  { defaultApproval }: CompiledPolicy,
): Requirement[] {
  const isNeeded = tools.someApproval || constraints.someApproval || asked.some(needsVoter)
  const isDefaultNeeded = tools.defaultApproval || constraints.defaultApproval
  return isDefaultNeeded || (isNeeded && !tools.asksApproval) ? [defaultApproval] : []
}

/** A second factor comes with a vote, and evidence that has to be reviewed is reviewed by a voter. */
function needsVoter(requirement: Requirement): boolean {
  if (requirement.kind === 'evidence') return !requirement.approve_before_evidence
  return requirement.kind === 'mfa'
}

/** A caller does not vouch for itself where it is dangerous, whatever the policy says. */
function fromPeopleOnly(requirement: Requirement, risk: RiskClass): Requirement {
  return requirement.kind === 'evidence' && isDangerous(risk)
    ? { ...requirement, from: 'human' }
    : requirement
}

function callerIssues({ caller }: Facts): Issue[] {
  if (caller.active === true) return []
  const message = 'The caller is deactivated, so nothing it asked for may run.'
  return [{ code: 'caller_inactive', severity: 'deny', message }]
}

/** Tools of the product itself begin so. */
export const OWN_TOOLS = 'countersign.'

/** Only the console asks for changes of the installation, and it asks for nothing else. */
function consoleIssues({ tools }: Contract, { caller }: Facts): Issue[] {
  const isConsole = caller.kind === 'console'
  return tools.flatMap((tool, index) => {
    if (tool.startsWith(OWN_TOOLS) === isConsole) return []
    const message = isConsole
      ? 'The console changes the installation and runs nothing else.'
      : 'This name is kept for changes of Countersign itself, which only its console asks for.'
    return [{ code: 'reserved_tool', severity: 'deny', message, path: pointer('/tools', index) }]
  })
}

/** One token is for one environment, so nothing could release such a contract. */
function environmentIssues({ environments }: ToolsDemand): Issue[] {
  if (environments.length < 2) return []
  const message = `The tools act on different environments (${environments.join(', ')}). Send one contract for each.`
  return [{ code: 'environment_conflict', severity: 'deny', message, path: '/tools' }]
}

function precondition(name: string): Requirement {
  return { kind: 'precondition', id: requirementId.precondition(name), name }
}

function decisionPoint({ name, max_age_ms }: { name: string; max_age_ms: number }): Requirement {
  return { kind: 'decision_point', id: requirementId.decisionPoint(name), name, max_age_ms }
}
