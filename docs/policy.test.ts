import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { matchRule } from '#lib/core/policy/match-rule'
import type { RuleInput } from '#lib/core/policy/types'
import { compileExpression } from '#lib/policies/cel/expression'
import { compilePolicy } from '#lib/policies/compile-policy'
import { checkSatisfiable } from '#lib/policies/satisfiable'
import { type Fence, fences } from '../test/fenced'

const BLOCKS = fences('docs/policy.md')
const IDENTITY = { name: 'main', ordinal: 1 }

function blocks(info: string): Fence[] {
  const found = BLOCKS.filter((block) => block.info === info)
  expect(found).not.toEqual([])
  return found
}

const [WHOLE] = blocks('yaml document')
const base = parse(WHOLE?.text ?? '', { schema: 'core' }) as Record<string, unknown>

/** A part of a policy inside the whole one, with the groups that the page names here and there. */
function around(part: Record<string, unknown>): string {
  const groups = {
    ...(base['groups'] as object),
    security_approvers: { label: 'Security approver' },
  }
  return stringify({ ...base, groups, ...part })
}

const withRules = (text: string) => around({ rules: parse(text, { schema: 'core' }) })

describe('the examples in policy.md', () => {
  it('show a whole document that compiles and that its groups could satisfy', () => {
    const compiled = compilePolicy(WHOLE?.text ?? '', IDENTITY)
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.refusal))
    const groups = { release_managers: ['a'], finance_approvers: ['a', 'b'] }
    expect(checkSatisfiable(compiled.value, groups).ok).toBe(true)
    const tooFew = { ...groups, finance_approvers: ['a'] }
    expect(checkSatisfiable(compiled.value, tooFew)).toMatchObject({
      refusal: { code: 'policy_unsatisfiable' },
    })
  })

  it.each(blocks('yaml rules'))('show rules that compile (line $line)', ({ text }) => {
    expect(compilePolicy(withRules(text), IDENTITY)).toMatchObject({ ok: true })
  })

  it.each(blocks('yaml section'))('show sections that compile (line $line)', ({ text }) => {
    const part = parse(text, { schema: 'core' }) as Record<string, unknown>
    expect(compilePolicy(around(part), IDENTITY)).toMatchObject({ ok: true })
  })

  it.each(blocks('yaml refused'))('are refused where they say so (line $line)', ({ text }) => {
    const why = text.split('\n')[0]?.replace('# ', '') ?? ''
    const compiled = compilePolicy(withRules(text), IDENTITY)
    expect(compiled).toMatchObject({ ok: false, refusal: { code: 'policy_invalid' } })
    expect(JSON.stringify(compiled)).toContain(why)
  })

  it('show conditions that compile, and never fail on a tool with or without arguments', () => {
    const conditions = blocks('cel').flatMap(({ text }) => text.trim().split('\n'))
    const rules = blocks('yaml rules').flatMap(({ text }) => parse(text) as { when: string }[])
    for (const condition of [...conditions, ...rules.map(({ when }) => when)]) {
      const compiled = compileExpression(condition, true)
      if (!compiled.ok) throw new Error(`${condition}: ${JSON.stringify(compiled.problems)}`)
      for (const input of INPUTS) expect(typeof compiled.value.when(input)).toBe('boolean')
    }
  })

  it('show a rule that no claim switches off', () => {
    const text = blocks('yaml rules').find((block) => block.text.includes('unreviewed_payouts'))
    const compiled = compilePolicy(withRules(text?.text ?? ''), IDENTITY)
    const rule = compiled.ok ? compiled.value.rules[0] : undefined
    if (!rule) throw new Error('unreviewed_payouts does not compile')
    expect(INPUTS.map((input) => matchRule(rule, input))).toEqual([
      { matched: true, failed: false },
      { matched: true, failed: false },
    ])
  })

  it('show an amount rule that matches from the amount on that it names', () => {
    const rule = blocks('yaml rules')
      .flatMap(({ text }) => parse(text) as { name: string; when: string }[])
      .find(({ name }) => name === 'large_transfers')
    const compiled = compileExpression(rule?.when ?? '', true)
    if (!compiled.ok) throw new Error('large_transfers does not compile')
    const [bound, unbound] = INPUTS
    if (!bound || !unbound) throw new Error('There are two inputs')
    expect(compiled.value.when(bound)).toBe(true)
    expect(compiled.value.when(unbound)).toBe(false)
  })
})

const BOUND: RuleInput = {
  tool: {
    name: 'payments.payout.create',
    risk: 'money_outward',
    environment: null,
    arguments: { amount_cents: 1_000_001, rows: 5_000 },
  },
  caller: { name: 'agent', kind: 'agent', roles: ['deployer'], environments: ['production'] },
  contract: { goal: 'Pay', tools: ['payments.payout.create'], run_id: null },
  claims: { context: { environment: 'production', reviewed: true }, side_effects: ['payment'] },
}
const INPUTS = [
  BOUND,
  {
    ...BOUND,
    tool: { ...BOUND.tool, arguments: undefined },
    claims: { context: {}, side_effects: [] },
  },
]
