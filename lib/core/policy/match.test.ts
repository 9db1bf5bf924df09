import { describe, expect, it } from 'vitest'
import { matchRule } from './match-rule'
import { matchTool } from './match-tool'
import { testPolicy, testRule } from './test-policy'
import type { RuleInput } from './types'

describe('matchTool', () => {
  const entry = (name: string) => ({ name, risk: 'read_only' as const, environment: null })
  const policy = testPolicy({
    tools: ['deploy', 'deploy.*', 'deploy.eu.*', 'deploy.eu.prod', 'a.*'].map(entry),
  })

  it.each([
    ['deploy', 'deploy'],
    ['deploy.us', 'deploy.*'],
    ['deploy.us.prod', 'deploy.*'],
    ['deploy.eu', 'deploy.*'],
    ['deploy.eu.prod', 'deploy.eu.prod'],
    ['deploy.eu.test', 'deploy.eu.*'],
    ['deploy.eu.prod.blue', 'deploy.eu.*'],
    ['a..b', 'a.*'],
  ])('finds for %s the entry %s', (tool, name) => {
    expect(matchTool(policy, tool)?.name).toBe(name)
  })

  it.each(['deployment', 'Deploy.us', 'a', 'deploy.*x', '', '.', 'constructor', 'x.deploy.us'])(
    'knows no tool %j',
    (tool) => {
      expect(matchTool(policy, tool)?.name ?? null).toBe(tool === 'deploy.*x' ? 'deploy.*' : null)
    },
  )
})

describe('matchRule', () => {
  const input = (claims: Partial<RuleInput['claims']>): RuleInput => ({
    tool: { name: 't', risk: 'read_only', environment: null, arguments: {} },
    caller: { name: 'c', kind: 'agent', roles: [], environments: [] },
    contract: { goal: 'g', tools: ['t'], run_id: null },
    claims: { context: {}, side_effects: [], ...claims },
  })

  it('applies a rule for the claims as given or with any of those it reads left out', () => {
    const rule = testRule({
      readsClaims: ['context.a', 'context.b', 'side_effects.write'],
      when: ({ claims }) =>
        claims.context['a'] === 1 &&
        !('b' in claims.context) &&
        !claims.side_effects.includes('write'),
    })
    const full = { context: { a: 1, b: 2, c: 3 }, side_effects: ['write', 'read'] }
    expect(matchRule(rule, input(full)).matched).toBe(true)
    expect(matchRule(rule, input({ ...full, context: { a: 2, b: 2 } })).matched).toBe(false)
  })

  it('asks once for each set of claims that are there, and leaves the others alone', () => {
    const seen: string[] = []
    const rule = testRule({
      readsClaims: ['context.a', 'context.b', 'side_effects.write'],
      when: ({ claims }) => {
        seen.push(JSON.stringify(claims))
        return false
      },
    })
    matchRule(rule, input({ context: { a: 1, z: 1 }, side_effects: ['write'] }))
    expect(seen.sort()).toEqual([
      '{"context":{"a":1,"z":1},"side_effects":["write"]}',
      '{"context":{"a":1,"z":1},"side_effects":[]}',
      '{"context":{"z":1},"side_effects":["write"]}',
      '{"context":{"z":1},"side_effects":[]}',
    ])
  })

  it('reports a failure with any of the claims left out, even where the rule matches', () => {
    const rule = testRule({
      readsClaims: ['context.a'],
      when: ({ claims }) => {
        if (!('a' in claims.context)) throw new Error('needs a')
        return true
      },
    })
    expect(matchRule(rule, input({ context: { a: 1 } }))).toEqual({ matched: true, failed: true })
  })

  it('holds for a rule that reads more claims than can be asked', () => {
    const keys = Array.from({ length: 9 }, (_, index) => `k${index}`)
    const rule = testRule({ readsClaims: keys.map((key) => `context.${key}`), when: () => true })
    const context = Object.fromEntries(keys.map((key) => [key, 1]))
    expect(matchRule(rule, input({ context }))).toEqual({ matched: false, failed: true })
  })
})
