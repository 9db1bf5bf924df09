import { settle } from '../ticket/settle'
import { type Demand, demandOf } from './demand'
import { mergeRequirements } from './merge-requirements'
import { isOutstanding, outstandingIssue } from './outstanding-issue'
import { earliest, settleTimed } from './settle-timed'
import { highestRisk, strictest } from './strictness'
import type {
  EvaluateInput,
  Evaluation,
  Issue,
  Obligation,
  Requirement,
  RequirementStatus,
  Severity,
  Verdict,
} from './types'

/**
 * One decision: what the policies demand of the contract, held against the facts at `now` (epoch ms). Pure, total and
 * deterministic. Every policy is asked on its own, the strictest verdict counts, and all their requirements have to be
 * met. ALLOW needs a policy, a rule or an approval for every tool, and nothing outstanding; a fault in here is a hold.
 */
export function evaluate(input: EvaluateInput): Evaluation {
  try {
    return evaluateOrThrow(input)
  } catch {
    const message = 'The policy could not be evaluated, so nothing may run.'
    return held(input, { code: 'policy_error', severity: 'defer', message })
  }
}

function evaluateOrThrow(input: EvaluateInput): Evaluation {
  const { contract, facts, policies, now } = input
  const current = policies.at(-1)
  const isPinnedHere = policies.some(({ version }) => version === facts.pinnedPolicyVersion)
  if (!Number.isFinite(now)) throw new Error('Nothing can be evaluated without a time')
  if (current === undefined || !isPinnedHere) {
    const message = 'The policy of this request is not available, so nothing may run.'
    return held(input, { code: 'policy_unavailable', severity: 'defer', message })
  }
  // Calendars are live: those of the latest version are in force for all.
  const { calendars } = current
  const demands = policies.map((policy) => demandOf(policy, calendars, contract, facts))
  const requirements = mergeRequirements(demands.flatMap((demand) => demand.requirements))
  const people = settle(requirements, facts, now)
  const timed = settleTimed(requirements, facts, calendars, now)
  const statuses = inOrder(requirements, [...people.statuses, ...timed.statuses])
  const environments = environmentsOf(demands)
  const issues = distinct([
    ...demands.flatMap((demand) => demand.issues),
    ...environmentChange(demands, environments),
    ...statuses.flatMap((status) => outstandingIssue(status) ?? []),
    ...timed.issues,
  ])
  return {
    verdict: verdictOf(issues, statuses),
    issues,
    requirements: statuses,
    outstanding: statuses.filter(isOutstanding).map(idOf).sort(),
    risk: highestRisk(demands.map(({ risk }) => risk)),
    environment: environments.length === 1 ? (environments[0] ?? null) : null,
    obligations: obligationsOf(demands),
    countedVotes: people.countedVotes,
    voidVotes: people.voidVotes,
    nextCheckAt: earliest([people.nextCheckAt, timed.nextCheckAt]),
    windowEndsAt: timed.windowEndsAt,
    policyVersion: facts.pinnedPolicyVersion,
  }
}

function idOf({ requirement }: RequirementStatus): string {
  return requirement.id
}

/** Every requirement has a status, or there is no verdict: what nobody settled is not met. */
function inOrder(
  requirements: readonly Requirement[],
  statuses: readonly RequirementStatus[],
): RequirementStatus[] {
  const byId = new Map(statuses.map((status) => [status.requirement.id, status]))
  return requirements.map((requirement) => {
    const status = byId.get(requirement.id)
    if (status === undefined) throw new Error(`Nothing settled ${requirement.id}`)
    return status
  })
}

const VERDICT_OF: Record<Severity, Verdict> = { deny: 'DENY', defer: 'DEFER', warn: 'ALLOW' }

function verdictOf(issues: readonly Issue[], statuses: readonly RequirementStatus[]): Verdict {
  return strictest([
    'ALLOW',
    ...issues.map(({ severity }) => VERDICT_OF[severity]),
    ...statuses.filter(isOutstanding).map(() => 'DEFER' as const),
  ])
}

function environmentsOf(demands: readonly Demand[]): string[] {
  return [...new Set(demands.flatMap(({ environments }) => environments))].sort()
}

/** Two versions that place a tool on different environments: one token cannot be for both. */
function environmentChange(demands: readonly Demand[], environments: readonly string[]): Issue[] {
  const isOfOneVersion = demands.some((demand) => demand.environments.length > 1)
  if (environments.length < 2 || isOfOneVersion) return []
  const message = 'The policy in force places the tools on another environment. Submit again.'
  return [{ code: 'environment_conflict', severity: 'deny', message, path: '/tools' }]
}

/** One of each name: the tightest. */
function obligationsOf(demands: readonly Demand[]): Obligation[] {
  const byName = new Map<string, Obligation>()
  for (const obligation of demands.flatMap(({ obligations }) => obligations)) {
    const known = byName.get(obligation.name)
    const isTighter = known === undefined || obligation.value < known.value
    if (isTighter) byName.set(obligation.name, obligation)
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Both versions may raise the same issue. The gravest come first, otherwise the order stays. */
function distinct(issues: readonly Issue[]): Issue[] {
  const seen = new Set<string>()
  const of: Record<Severity, Issue[]> = { deny: [], defer: [], warn: [] }
  for (const issue of issues) {
    const { severity, code, path, requirement, message } = issue
    const key = `${severity} ${code} ${path} ${requirement} ${message}`
    if (seen.has(key)) continue
    seen.add(key)
    of[severity].push(issue)
  }
  return [...of.deny, ...of.defer, ...of.warn]
}

/** How soon a request that could not be evaluated is looked at again. */
const FAULT_CHECK_MS = 60_000

/** The answer when there is nothing to evaluate by. It reads as little as it can, as anything may be missing. */
function held(input: EvaluateInput, issue: Issue): Evaluation {
  return {
    verdict: 'DEFER',
    issues: [issue],
    requirements: [],
    outstanding: [],
    risk: 'unknown',
    environment: null,
    obligations: [],
    countedVotes: [],
    voidVotes: [],
    // A fault may pass, and nothing else would wake the request.
    nextCheckAt: Number.isFinite(input?.now) ? input.now + FAULT_CHECK_MS : null,
    windowEndsAt: null,
    policyVersion: pinnedVersion(input),
  }
}

function pinnedVersion(input: Partial<EvaluateInput> | null | undefined): string {
  const version: unknown = input?.facts?.pinnedPolicyVersion
  return typeof version === 'string' ? version : ''
}
