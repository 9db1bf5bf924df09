import { createHash } from 'node:crypto'
import type { CompiledPolicy, CompiledRule, ToolEntry } from '#lib/core/policy/types'
import type { FieldProblem } from '#lib/core/refusals'
import { ok, type Result } from '#lib/core/result'
import { compileExpression } from './cel/expression'
import { compileApproval, compileDemand, evidenceTermsOf, type Report } from './compile-demands'
import type { PolicyDocument, RuleDocument } from './document'
import { invalid, readDocument } from './read-document'

/**
 * Compiles a policy written in YAML: shape, names, types and cost of every condition are checked here, once.
 * @param identity the policy's name and which version of it this is; the version's text is `name@ordinal+digest8`
 * @returns the compiled policy, or `policy_invalid` with a problem a place in `fields`
 */
export function compilePolicy(
  source: string,
  identity: { name: string; ordinal: number },
): Result<CompiledPolicy> {
  const read = readDocument(source)
  if (!read.ok) return read
  const { document, problemAt } = read.value
  const problems: FieldProblem[] = []
  const report: Report = (path, message) => problems.push(problemAt(path, message))
  const [defaultApproval] = compileApproval(
    document.default_approval,
    document,
    ['default_approval'],
    report,
  )
  const rules = document.rules.flatMap((rule, index) => compileRule(rule, index, document, report))
  if (problems.length > 0 || defaultApproval === undefined) return invalid(problems)
  const digest = createHash('sha256').update(source, 'utf8').digest('hex')
  return ok({
    version: `${identity.name}@${identity.ordinal}+${digest.slice(0, 8)}`,
    digest: `sha-256:${digest}`,
    groups: document.groups,
    tools: toolEntries(document),
    rules,
    calendars: document.calendars,
    defaultApproval,
    evidenceTypes: evidenceTypes(document),
    decisionPoints: Object.entries(document.decision_points).map(([name, { max_age }]) => ({
      name,
      max_age_ms: max_age,
    })),
    deadlineMs: document.deadline,
    executionWindowMs: document.execution_window,
  })
}

function compileRule(
  rule: RuleDocument,
  index: number,
  document: PolicyDocument,
  report: Report,
): CompiledRule[] {
  const path = ['rules', index]
  checkEffect(rule, path, report)
  if (document.rules.findIndex(({ name }) => name === rule.name) !== index) {
    report([...path, 'name'], `There is an earlier rule named ${rule.name}.`)
  }
  const requirements = rule.require.flatMap((demand, place) =>
    compileDemand(demand, document, [...path, 'require', place], report),
  )
  const expression = compileExpression(rule.when, rule.effect !== 'allow')
  if (!expression.ok) {
    for (const { message, at } of expression.problems) {
      report([...path, 'when'], `${message} (character ${at + 1})`)
    }
    return []
  }
  const { name, effect, message } = rule
  return [{ name, effect, message, requirements, ...expression.value }]
}

function checkEffect(
  { effect, require, message }: RuleDocument,
  path: PropertyKey[],
  report: Report,
): void {
  if (effect === 'require' && require.length === 0) {
    report(path, 'A rule that requires has to say what: add require.')
  }
  if (effect === 'deny' && require.length > 0) {
    report([...path, 'require'], 'A rule that denies requires nothing.')
  }
  if (effect === 'deny' && message === '') {
    report(path, 'A rule that denies has to tell people why: add message.')
  }
}

function toolEntries(document: PolicyDocument): ToolEntry[] {
  return Object.entries(document.tools).map(([name, { risk, environment }]) => ({
    name,
    risk,
    environment,
  }))
}

function evidenceTypes(document: PolicyDocument): CompiledPolicy['evidenceTypes'] {
  return Object.fromEntries(
    Object.keys(document.evidence).map((type) => [type, evidenceTermsOf(document, type)]),
  )
}
