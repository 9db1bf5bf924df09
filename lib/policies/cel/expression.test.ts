import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RuleInput } from '#lib/core/policy/types'
import { compileExpression } from './expression'

function input(
  over: Partial<RuleInput['tool']> = {},
  claims: Partial<RuleInput['claims']> = {},
): RuleInput {
  return {
    tool: {
      name: 'payments.refund',
      risk: 'money_outward',
      environment: null,
      arguments: { amount: 12.5, cents: 1250, list: ['a', 'b'], deep: { reason: 'late' } },
      ...over,
    },
    caller: { name: 'billing', kind: 'agent', roles: ['clerk'], environments: ['production'] },
    contract: { goal: 'Refund order 7', tools: ['payments.refund'], run_id: null },
    claims: { context: {}, side_effects: [], ...claims },
  }
}

function compiled(source: string, mayReadWords = true) {
  const result = compileExpression(source, mayReadWords)
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join(' '))
  return result.value
}

function problemOf(source: string, mayReadWords = true): string {
  const result = compileExpression(source, mayReadWords)
  return result.ok ? '' : result.problems.map(({ message }) => message).join(' ')
}

describe('compileExpression', () => {
  it.each([
    ['tool.risk == "money_outward"', true],
    ['tool.name.startsWith("payments.") && tool.environment == null', true],
    ['tool.name == "payments.refund" && tool.arguments.amount > 10', true],
    ['tool.arguments.cents == 1250 && tool.arguments.cents >= 1250', true],
    ['tool.arguments.amount < 12', false],
    ['has(tool.arguments.deep.reason) && tool.arguments.deep.reason.contains("late")', true],
    ['has(tool.arguments.iban)', false],
    ['"clerk" in caller.roles', true],
    ['caller.roles.exists(role, role.startsWith("adm"))', false],
    ['caller.environments.all(name, name == "production")', true],
    ['size(tool.arguments.list) == 2', true],
    ['tool.risk in ["read_only", "money_outward"]', true],
    ['tool.environment in ["staging"]', false],
    ['contract.goal.lowerAscii().contains("refund")', true],
    ['contract.run_id == null ? true : false', true],
    ['false && tool.arguments.nothing == 1', false],
    ['tool.arguments.nothing == 1 || true', true],
  ])('evaluates %s', (source, expected) => {
    expect(compiled(source).when(input())).toBe(expected)
  })

  it('throws where the data does not fit, so that the request is held', () => {
    expect(() => compiled('tool.arguments.nothing == 1').when(input())).toThrow()
    expect(() => compiled('tool.arguments.amount.contains("x")').when(input())).toThrow()
    expect(() => compiled('tool.environment.startsWith("prod")').when(input())).toThrow()
  })

  it('finds no arguments where none are bound', () => {
    const unbound = input({ arguments: undefined })
    expect(compiled('has(tool.arguments.amount)').when(unbound)).toBe(false)
  })

  it('sees nothing of JavaScript behind the data', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(compiled(`has(tool.arguments.${name})`).when(input())).toBe(false)
      expect(() => compiled(`tool.arguments.${name} == 1`).when(input())).toThrow()
    }
  })

  it.each([
    ['tool.bogus == 1', 'No such key: bogus'],
    ['nothing == 1', 'Unknown variable: nothing'],
    ['tool.name == 5', 'no such overload'],
    ['tool.name', 'gives string'],
    ['tool.name ==', 'cannot be read'],
    ['tool.name.matches("(a+)+$")', 'calls matches'],
    ['tool.name.split("") == ["a"]', 'calls split'],
    ['caller.roles.map(r, r) == ["a"]', 'calls map'],
    ['cel.bind(x, 1, x == 1)', 'maxCallArguments'],
    ['timestamp("2026-01-01T00:00:00Z") == timestamp("2026-01-01T00:00:00Z")', 'calls timestamp'],
    ['caller.roles.exists(r, contract.tools.exists(t, t == r))', 'loop (exists) inside a loop'],
    ['contract.tools.exists(t, t in tool.arguments.list)', 'inside a loop'],
    ['contract.tools.exists(t, t in tool["arguments"])', 'inside a loop'],
    ['tool.arguments == {"a": 1}', 'cannot be read'],
  ])('refuses %s when the policy is saved', (source, why) => {
    expect(problemOf(source)).toContain(why)
  })

  it('refuses what is too long, too deep or too large', () => {
    const many = Array.from({ length: 120 }, () => 'true').join(' && ')
    const deep = `${'('.repeat(300)}true${')'.repeat(300)}`
    expect(problemOf(`"${'a'.repeat(2_000)}" == tool.name`)).toContain('longer than')
    for (const source of [many, deep, `${'!'.repeat(300)}true`]) {
      expect(problemOf(source)).toContain('cannot be read')
    }
  })

  it('says where a mistake stands', () => {
    const result = compileExpression('true && tool.bogus == 1', true)
    expect(result.ok ? null : result.problems[0]?.at).toBe(13)
  })

  it('reads claims only by named members, each absent as nothing', () => {
    const { when, readsClaims } = compiled(
      'claims.text("environment") == "production" || claims.side_effect("payment") || claims.number("cost") > 5 || claims.flag("bulk") || claims.says("note")',
    )
    expect(readsClaims).toEqual([
      'context.bulk',
      'context.cost',
      'context.environment',
      'context.note',
      'side_effects.payment',
    ])
    expect(when(input())).toBe(false)
    expect(when(input({}, { context: { environment: 'production' } }))).toBe(true)
    expect(when(input({}, { context: { cost: 6 } }))).toBe(true)
    expect(when(input({}, { context: { bulk: true } }))).toBe(true)
    expect(when(input({}, { context: { note: null } }))).toBe(true)
    expect(when(input({}, { side_effects: ['payment'] }))).toBe(true)
    expect(when(input({}, { context: { cost: 'six', bulk: 'yes', environment: 1 } }))).toBe(false)
  })

  it.each([
    ['claims == claims', 'reads claims other than'],
    ['claims.context == 1', 'reads claims other than'],
    ['[claims].exists(c, c.flag("x"))', 'reads claims other than'],
    ['claims.text(tool.name) == "x"', 'a text in quotes'],
    ['tool.arguments.text("x") == "y"', 'on something else than claims'],
    [
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => `claims.flag("${key}")`).join(' || '),
      'more than 6 claims',
    ],
  ])('refuses to read claims by %s', (source, why) => {
    expect(problemOf(source)).toContain(why)
  })

  it('lets no rule allow by what the agent says', () => {
    expect(problemOf('claims.text("environment") == "staging"', false)).toContain('by a claim')
    expect(problemOf('contract.goal.contains("harmless")', false)).toContain(
      'words of the contract',
    )
    expect(problemOf('contract["goal"] == "harmless"', false)).toContain('words of the contract')
    expect(problemOf('has(contract.run_id)', false)).toContain('words of the contract')
    expect(problemOf('"a" in contract.tools && tool.risk == "read_only"', false)).toBe('')
  })

  it('is false wherever its shortcut says so, and never fails there', () => {
    const texts = fc.constantFrom('a', 'b', 'a.b')
    const member = fc.constantFrom('tool.name', 'tool.risk', 'tool.environment')
    const part = fc.oneof(
      fc.tuple(member, texts).map(([left, text]) => `${left} == "${text}"`),
      fc.tuple(member, texts).map(([right, text]) => `"${text}" == ${right}`),
      fc.tuple(member, texts, texts).map(([left, a, b]) => `${left} in ["${a}", "${b}"]`),
      texts.map((text) => `tool.name.startsWith("${text}")`),
      texts.map((text) => `tool.arguments.x == "${text}"`),
      fc.constantFrom('tool.environment != "a"', 'true', '(tool.name == "a" || tool.risk == "b")'),
    )
    const tool = fc.record({
      name: texts,
      // Any text will do for comparing; the classes are checked elsewhere.
      risk: fc.constantFrom('read_only' as const, 'unknown' as const),
      environment: fc.option(texts),
      arguments: fc.constantFrom({}, { x: 'a' }, undefined),
    })
    let skipped = 0
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), tool, (parts, drawn) => {
        const { when, mayApply } = compiled(parts.join(' && '))
        if (mayApply === undefined || mayApply(input(drawn))) return
        skipped++
        expect(when(input(drawn))).toBe(false)
      }),
      { numRuns: 500 },
    )
    expect(skipped).toBeGreaterThan(100)
  })

  it('finds a shortcut only where one stands', () => {
    expect(compiled('tool.risk == "read_only" && tool.arguments.x == 1').mayApply).toBeDefined()
    expect(compiled('tool.risk == "read_only" || tool.name == "a"').mayApply).toBeUndefined()
    expect(compiled('!(tool.risk == "read_only")').mayApply).toBeUndefined()
    expect(compiled('tool.environment.startsWith("prod")').mayApply).toBeUndefined()
  })
})
