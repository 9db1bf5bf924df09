import { argumentsOf, type Contract } from '../contract/contract'
import { pointer } from '../contract/json'
import { matchRule } from './match-rule'
import { matchTool } from './match-tool'
import type { Needs } from './needs'
import { highestRisk } from './strictness'
import type {
  CallerFact,
  CompiledPolicy,
  CompiledRule,
  Issue,
  Requirement,
  RiskClass,
  RuleInput,
  ToolEntry,
} from './types'

export interface ToolsDemand extends Needs {
  requirements: Requirement[]
  /** An approval is among them that was demanded without regard to any claim. */
  asksApproval: boolean
  issues: Issue[]
  /** Of the most dangerous tool. */
  risk: RiskClass
  environments: string[]
}

/** A tool of the contract with its entry in the table; null = unknown. */
interface Tool {
  name: string
  path: string
  entry: ToolEntry | null
  isBound: boolean
}

/** What the rules demand of each tool, all that match together. */
export function demandOfTools(
  policy: CompiledPolicy,
  contract: Contract,
  caller: CallerFact,
): ToolsDemand {
  const tools = toolsOf(policy, contract)
  const environments = [...new Set(tools.flatMap(({ entry }) => entry?.environment ?? []))].sort()
  const ruled = tools.map((tool) => applyRules(policy, tool, inputOf(tool, contract, caller)))
  const claim = claimedEnvironment(contract, environments)
  return {
    requirements: [...new Set(ruled.flatMap(({ requirements }) => requirements))],
    asksApproval: ruled.some(({ asksApproval }) => asksApproval),
    issues: [
      ...tools.flatMap((tool) => toolIssues(tool, caller)),
      ...ruled.flatMap(({ issues }) => issues),
      ...claim.issues,
    ],
    risk: highestRisk(tools.map(({ entry }) => entry?.risk ?? 'unknown')),
    environments,
    defaultApproval:
      tools.some(({ entry }) => entry === null) ||
      ruled.some(({ isAllowed }) => !isAllowed) ||
      claim.isMoreDangerous,
    someApproval: tools.some(isUnbound),
  }
}

/** What rules are asked with: one input for each tool of the contract. */
export function toolInputs(
  policy: CompiledPolicy,
  contract: Contract,
  caller: CallerFact,
): RuleInput[] {
  return toolsOf(policy, contract).map((tool) => inputOf(tool, contract, caller))
}

function toolsOf(policy: CompiledPolicy, contract: Contract): Tool[] {
  return contract.tools.map((name, index) => ({
    name,
    path: pointer('/tools', index),
    entry: matchTool(policy, name),
    isBound: argumentsOf(contract, name) !== undefined,
  }))
}

function inputOf(tool: Tool, contract: Contract, caller: CallerFact): RuleInput {
  return {
    tool: {
      name: tool.name,
      risk: tool.entry?.risk ?? 'unknown',
      environment: tool.entry?.environment ?? null,
      arguments: argumentsOf(contract, tool.name),
    },
    caller: {
      name: caller.name,
      kind: caller.kind,
      roles: caller.roles,
      environments: caller.environments,
    },
    contract: { goal: contract.goal, tools: contract.tools, run_id: contract.run_id ?? null },
    claims: { context: contract.context ?? {}, side_effects: contract.side_effects ?? [] },
  }
}

interface Ruled {
  requirements: Requirement[]
  asksApproval: boolean
  issues: Issue[]
  /** By a rule; one that fails allows nothing. */
  isAllowed: boolean
}

function applyRules(policy: CompiledPolicy, tool: Tool, input: RuleInput): Ruled {
  const ruled: Ruled = { requirements: [], asksApproval: false, issues: [], isAllowed: false }
  for (const rule of policy.rules) {
    const { matched, failed } = matchRule(rule, input)
    if (failed) ruled.issues.push(ruleFailed(rule, policy, tool))
    if (!matched) continue
    ruled.requirements.push(...rule.requirements)
    if (rule.readsClaims.length === 0) ruled.asksApproval ||= rule.requirements.some(isApproval)
    if (rule.effect === 'deny') ruled.issues.push(ruleDenies(rule, tool))
    if (allows(rule) && tool.entry !== null) ruled.isAllowed = true
  }
  if (!ruled.isAllowed && tool.entry !== null) ruled.issues.push(noRuleAllows(tool))
  return ruled
}

/** The compiler refuses an allow rule that reads claims; should one come from elsewhere, it allows nothing. */
function allows({ effect, readsClaims }: CompiledRule): boolean {
  return effect === 'allow' && readsClaims.length === 0
}

function isApproval({ kind }: Requirement): boolean {
  return kind === 'approval'
}

function toolIssues(tool: Tool, caller: CallerFact): Issue[] {
  const issues: Issue[] = []
  const { entry, path } = tool
  if (entry === null) {
    const message = 'The policy does not know this tool, so a person has to approve it.'
    issues.push({ code: 'unknown_tool', severity: 'warn', message, path })
  }
  if (entry?.environment != null && !caller.environments.includes(entry.environment)) {
    const message = `The caller is not registered for ${entry.environment}, where this tool acts.`
    issues.push({ code: 'wrong_environment', severity: 'deny', message, path })
  }
  if (isUnbound(tool)) {
    const message = 'No arguments are bound. Approving it approves the goal and the tool only.'
    issues.push({ code: 'unbound_arguments', severity: 'warn', message, path })
  }
  return issues
}

function isUnbound({ entry, isBound }: Tool): boolean {
  return !isBound && entry?.risk !== 'read_only'
}

function noRuleAllows({ path }: Tool): Issue {
  const message = 'No rule allows this tool, so a person has to approve it.'
  return { code: 'no_rule_allows', severity: 'warn', message, path }
}

function ruleFailed(rule: CompiledRule, policy: CompiledPolicy, { path }: Tool): Issue {
  const message = `The rule ${rule.name} of ${policy.version} could not be evaluated, so nothing may run.`
  return { code: 'policy_error', severity: 'defer', message, path }
}

function ruleDenies({ name, message }: CompiledRule, { path }: Tool): Issue {
  const why = message === '' ? `The rule ${name} denies it.` : message
  return { code: 'policy_denied', severity: 'deny', message: why, path }
}

/** The environment as claimed has no effect but this: where it disagrees people are told, and where it sounds worse they are asked. */
function claimedEnvironment(
  { context }: Contract,
  registered: readonly string[],
): { issues: Issue[]; isMoreDangerous: boolean } {
  const isClaimed = context !== undefined && Object.hasOwn(context, 'environment')
  const claimed = isClaimed ? context['environment'] : undefined
  const agrees = registered.every((environment) => environment === claimed)
  if (!isClaimed || agrees) return { issues: [], isMoreDangerous: false }
  const message = `The caller claims another environment than the one registered for its tools (${registered.join(', ')}).`
  return {
    issues: [
      {
        code: 'environment_claim_differs',
        severity: 'warn',
        message,
        path: '/context/environment',
      },
    ],
    // Nothing is more dangerous than production; of any other pair of names nobody knows.
    isMoreDangerous: !registered.every((environment) => environment === 'production'),
  }
}
