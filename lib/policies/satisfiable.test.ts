import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testPolicy, testRule } from '#lib/core/policy/test-policy'
import type { ApprovalTree } from '#lib/core/policy/types'
import { RELEASE } from '#lib/core/ticket/test-facts'
import { checkSatisfiable } from './satisfiable'

type Groups = Record<string, string[]>

function isSatisfiable(tree: ApprovalTree, groups: Groups): boolean {
  const policy = testPolicy({
    rules: [testRule({ requirements: [{ ...RELEASE, tree }] })],
    defaultApproval: { ...RELEASE, tree: { group: 'everybody', count: 1 } },
  })
  const checked = checkSatisfiable(policy, { everybody: ['somebody'], ...groups })
  if (!checked.ok) expect(checked.refusal.code).toBe('policy_unsatisfiable')
  return checked.ok
}

describe('checkSatisfiable', () => {
  it('refuses three votes of a group of two', () => {
    expect(isSatisfiable({ group: 'a', count: 3 }, { a: ['x', 'y'] })).toBe(false)
    expect(isSatisfiable({ group: 'a', count: 2 }, { a: ['x', 'y'] })).toBe(true)
  })

  it('refuses a group that has nobody, or is named twice by one person', () => {
    expect(isSatisfiable({ group: 'a', count: 1 }, {})).toBe(false)
    expect(isSatisfiable({ group: 'constructor', count: 1 }, {})).toBe(false)
    expect(isSatisfiable({ group: 'a', count: 2 }, { a: ['x', 'x'] })).toBe(false)
  })

  it('counts a person of two groups once', () => {
    const both: ApprovalTree = {
      all: [
        { group: 'a', count: 1 },
        { group: 'b', count: 1 },
      ],
    }
    expect(isSatisfiable(both, { a: ['x'], b: ['x'] })).toBe(false)
    expect(isSatisfiable(both, { a: ['x', 'y'], b: ['x'] })).toBe(true)
  })

  it('says whose approval cannot be given, and what is short', () => {
    const policy = testPolicy({ rules: [] })
    const checked = checkSatisfiable(policy, {})
    expect(checked.ok ? '' : checked.refusal.detail).toBe(
      'The default approval asks for 1 distinct person (release), but the groups can give 0.',
    )
  })

  it('agrees with trying every choice of people', () => {
    const leaf = fc.record({
      group: fc.constantFrom('a', 'b', 'c'),
      count: fc.integer({ min: 1, max: 2 }),
    })
    const tree: fc.Arbitrary<ApprovalTree> = fc.letrec<{ tree: ApprovalTree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', maxDepth: 2 },
        leaf,
        fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 2 }) }),
        fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 2 }) }),
      ),
    })).tree
    const members = fc.subarray(['u', 'v', 'w', 'x'])
    fc.assert(
      fc.property(tree, fc.record({ a: members, b: members, c: members }), (drawn, groups) => {
        expect(isSatisfiable(drawn, groups)).toBe(
          ways(drawn).some((seats) => canSeat(seats, groups, [])),
        )
      }),
      { numRuns: 500 },
    )
  })
})

/** Every way through a tree, as one group for each person asked for. */
function ways(tree: ApprovalTree): string[][] {
  if ('group' in tree) return [Array.from({ length: tree.count }, () => tree.group)]
  if ('any' in tree) return tree.any.flatMap(ways)
  return tree.all.reduce<string[][]>(
    (sofar, child) => sofar.flatMap((one) => ways(child).map((more) => [...one, ...more])),
    [[]],
  )
}

function canSeat(seats: string[], groups: Groups, seated: string[]): boolean {
  const [group, ...rest] = seats
  if (group === undefined) return true
  return (groups[group] ?? []).some(
    (person) => !seated.includes(person) && canSeat(rest, groups, [...seated, person]),
  )
}
