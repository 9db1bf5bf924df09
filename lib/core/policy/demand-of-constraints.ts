import type { ReadConstraint } from '../contract/constraint-meaning'
import { readConstraints } from '../contract/constraints'
import { pointer } from '../contract/json'
import { unreachable } from '../unreachable'
import type { Needs } from './needs'
import { requirementId } from './requirement-id'
import type {
  CallerFact,
  CompiledPolicy,
  EvidenceTerms,
  Issue,
  Obligation,
  Requirement,
} from './types'

export interface ConstraintsDemand extends Needs {
  requirements: Requirement[]
  issues: Issue[]
  obligations: Obligation[]
}

/** What the constraints are held against. */
export interface Ground {
  policy: CompiledPolicy
  calendars: CompiledPolicy['calendars']
  /** Registered environments of the contract's tools. */
  environments: readonly string[]
  caller: CallerFact
}

/** Types with a form of their own, which people can provide even where the policy says nothing about them. */
const KNOWN_EVIDENCE = new Set([
  'rollback_plan',
  'change_record',
  'test_results',
  'backup',
  'impact_analysis',
  'attachment',
  'note',
])
const STRICT_TERMS: EvidenceTerms = {
  from: 'human',
  max_age_ms: null,
  approve_before_evidence: false,
}

/** The contract's own constraints. They can only tighten; what they would loosen is told and not done. */
export function demandOfConstraints(
  ground: Ground,
  constraints: readonly string[],
): ConstraintsDemand {
  const demands = readConstraints(constraints).map((constraint) => demandOf(constraint, ground))
  return {
    requirements: demands.flatMap(({ requirements = [] }) => requirements),
    issues: demands.flatMap(({ issues = [] }) => issues),
    obligations: demands.flatMap(({ obligations = [] }) => obligations),
    defaultApproval: demands.some(({ defaultApproval }) => defaultApproval === true),
    someApproval: demands.some(({ someApproval }) => someApproval === true),
  }
}

function demandOf(constraint: ReadConstraint, ground: Ground): Partial<ConstraintsDemand> {
  const path = pointer('/constraints', constraint.index)
  switch (constraint.kind) {
    case 'approval':
      return { someApproval: true }
    case 'mfa':
      return { requirements: [{ kind: 'mfa', id: 'mfa', level: constraint.level }] }
    case 'evidence':
      return evidenceDemand(constraint.type, ground.policy, path)
    case 'change_window':
      return windowDemand(constraint.calendar, ground, path)
    case 'required_role':
      return roleDemand(constraint.role, ground.caller, path)
    case 'allowed_environment':
      return environmentDemand(constraint.environments, ground.environments, path)
    case 'obligation':
      return { obligations: [{ name: constraint.name, value: constraint.value }] }
    case 'loosening':
      return { issues: [loosening(path)] }
    case 'unknown':
      return unknown(path, 'unknown_constraint', 'Countersign does not understand this constraint')
    default:
      return unreachable(constraint)
  }
}

function evidenceDemand(
  type: string,
  policy: CompiledPolicy,
  path: string,
): Partial<ConstraintsDemand> {
  const isOfPolicy = Object.hasOwn(policy.evidenceTypes, type)
  if (!isOfPolicy && !KNOWN_EVIDENCE.has(type)) {
    return unknown(path, 'unknown_evidence_type', 'The policy knows no evidence of this type')
  }
  const terms = (isOfPolicy ? policy.evidenceTypes[type] : undefined) ?? STRICT_TERMS
  const id = requirementId.evidence(type)
  return { requirements: [{ kind: 'evidence', id, type, ...terms }] }
}

function windowDemand(
  calendar: string,
  { calendars }: Ground,
  path: string,
): Partial<ConstraintsDemand> {
  if (Object.hasOwn(calendars, calendar)) {
    const id = requirementId.window(calendar)
    return { requirements: [{ kind: 'change_window', id, calendar }] }
  }
  const message = 'The policy has no calendar of this name, so nobody knows when this may run.'
  return { issues: [{ code: 'unknown_calendar', severity: 'defer', message, path }] }
}

function roleDemand(role: string, caller: CallerFact, path: string): Partial<ConstraintsDemand> {
  if (caller.roles.includes(role)) return {}
  const message = 'The caller is not registered with the role that the contract requires.'
  return { issues: [{ code: 'wrong_role', severity: 'deny', message, path }] }
}

function environmentDemand(
  allowed: readonly string[],
  registered: readonly string[],
  path: string,
): Partial<ConstraintsDemand> {
  if (registered.length === 0) {
    const message = 'No environment is registered for the tools, so it cannot be checked.'
    return { issues: [{ code: 'environment_unknown', severity: 'defer', message, path }] }
  }
  if (registered.every((environment) => allowed.includes(environment))) return {}
  const message = `The tools act on ${registered.join(', ')}, which the contract does not allow.`
  return { issues: [{ code: 'wrong_environment', severity: 'deny', message, path }] }
}

function loosening(path: string): Issue {
  const message = 'This constraint asks for less than the policy does. It changes nothing.'
  return { code: 'constraint_loosening', severity: 'warn', message, path }
}

function unknown(path: string, code: string, what: string): Partial<ConstraintsDemand> {
  const message = `${what}, so a person has to approve it.`
  return { defaultApproval: true, issues: [{ code, severity: 'warn', message, path }] }
}
