import type { ConstraintMeaning, ReadConstraint } from './constraint-meaning'
import { CONSTRAINT_TABLE, type Rule } from './constraint-table'

const TRUE = new Set(['true', 'yes', 'on', '1', 'required', 'mandatory', 'always', 'enabled'])
const FALSE = new Set(
  'false no off 0 none optional never disabled not_required not_needed skip skipped'.split(' '),
)

/** Words around a noun that make it a demand: `require approval`, `MFA is required`. Longest first. */
const DEMANDING_BEFORE = ['must_have_', 'requires_', 'required_', 'require_', 'needs_', 'need_']
const DEMANDING_AFTER = ['_is_required', '_is_mandatory', '_required', '_mandatory', '_needed']

/** Words around a noun that ask for less: `no approval`, `skip_mfa`, `approval not required`. */
const LOOSENING_BEFORE = ['without_', 'disable_', 'bypass_', 'ignore_', 'waive_', 'skip_', 'no_']
const LOOSENING_AFTER = [
  '_is_not_required',
  '_not_required',
  '_not_needed',
  '_is_optional',
  '_optional',
]

/**
 * Reads constraint strings as Stage0 clients write them, in any case, with spaces, hyphens or underscores, and `:` or `=` before
 * a value. Never throws; what is not understood exactly is `unknown`.
 */
export function readConstraints(constraints: readonly string[]): ReadConstraint[] {
  return constraints.map((text, index) => ({ index, text, ...meaningOf(text) }))
}

function meaningOf(text: string): ConstraintMeaning {
  const split = text.search(/[:=]/)
  const name = normal(split === -1 ? text : text.slice(0, split))
  const value = split === -1 ? undefined : text.slice(split + 1).trim()
  if (name === '' || value === '') return { kind: 'unknown' }
  return demand(name, value) ?? loosening(name, value) ?? { kind: 'unknown' }
}

function demand(name: string, value: string | undefined): ConstraintMeaning | undefined {
  for (const noun of [name, ...without(name, DEMANDING_BEFORE, DEMANDING_AFTER)]) {
    const rule = ruleFor(noun)
    if (rule !== undefined) return apply(rule, noun, value)
  }
  return undefined
}

/** `no_approval` and `no_approval: true`. `no_approval: false` is a double negation that nobody should have to guess at. */
function loosening(name: string, value: string | undefined): ConstraintMeaning | undefined {
  if (value !== undefined && !TRUE.has(normal(value))) return undefined
  const nouns = without(name, LOOSENING_BEFORE, LOOSENING_AFTER).flatMap((noun) => [
    noun,
    ...without(noun, DEMANDING_BEFORE, DEMANDING_AFTER),
  ])
  const of = nouns.find((noun) => ruleFor(noun) !== undefined)
  return of === undefined ? undefined : { kind: 'loosening', of: ruleFor(of)?.subject ?? of }
}

function apply(rule: Rule, noun: string, value: string | undefined): ConstraintMeaning {
  const flag = value === undefined ? undefined : normal(value)
  if (flag !== undefined && isLoosening(rule, flag)) return { kind: 'loosening', of: rule.subject }
  const isAnswered = flag === undefined || (rule.isNumeric !== true && TRUE.has(flag))
  if (isAnswered) return rule.alone ?? { kind: 'unknown' }
  return rule.read?.(value ?? '', noun) ?? { kind: 'unknown' }
}

/** A number is a value and not an answer: `max_cost_usd: 0` is the tightest limit, `max_iterations: 1` is not "yes". */
function isLoosening(rule: Rule, flag: string): boolean {
  if (rule.isNumeric === true) return FALSE.has(flag) && !/^\d/.test(flag)
  return FALSE.has(flag) || rule.anyMeansAll?.includes(flag) === true
}

function ruleFor(noun: string): Rule | undefined {
  return Object.hasOwn(CONSTRAINT_TABLE, noun) ? CONSTRAINT_TABLE[noun] : undefined
}

/** The noun left when one of these words before it or after it is taken away; at most one of each. */
function without(name: string, before: string[], after: string[]): string[] {
  const prefix = before.find((part) => name.startsWith(part))
  const suffix = after.find((part) => name.endsWith(part))
  return [
    ...(prefix === undefined ? [] : [name.slice(prefix.length)]),
    ...(suffix === undefined ? [] : [name.slice(0, -suffix.length)]),
  ]
}

/** `Require-Approval`, `require approval` and `require_approval` are one name. Only ASCII is folded. */
function normal(text: string): string {
  return text
    .trim()
    .replace(/[A-Z]/g, lower)
    .replace(/[\s_-]+/g, '_')
}

function lower(letter: string): string {
  return letter.toLowerCase()
}
