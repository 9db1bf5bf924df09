import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApprovalTree } from '../policy/types'
import { couldSatisfy, groupsOf, MAX_BRANCHES, type PeopleByGroup, tally } from './tally'

const PEOPLE = ['ann', 'bob', 'cat', 'dan', 'eve']
const GROUPS = ['g1', 'g2', 'g3']

const trees = fc.letrec<{ tree: ApprovalTree; leaf: ApprovalTree }>((tie) => ({
  leaf: fc.record({ group: fc.constantFrom(...GROUPS), count: fc.integer({ min: 0, max: 3 }) }),
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('leaf'),
    fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { maxLength: 3 }) }),
  ),
})).tree

const voters: fc.Arbitrary<PeopleByGroup> = fc.dictionary(
  fc.constantFrom(...GROUPS),
  fc.uniqueArray(fc.constantFrom(...PEOPLE)),
)

/** Every set of people that satisfies the tree, by trying them all. */
function waysBruteForce(tree: ApprovalTree, by: PeopleByGroup): string[][] {
  if ('group' in tree) return tree.count < 1 ? [] : subsets(by[tree.group] ?? [], tree.count)
  if ('any' in tree) return tree.any.flatMap((child) => waysBruteForce(child, by))
  if (tree.all.length === 0) return []
  return tree.all.reduce<string[][]>(
    (ways, child) =>
      ways.flatMap((used) =>
        waysBruteForce(child, by)
          .filter((more) => more.every((person) => !used.includes(person)))
          .map((more) => [...used, ...more]),
      ),
    [[]],
  )
}

function subsets(people: readonly string[], size: number): string[][] {
  if (size === 0) return [[]]
  return people.flatMap((person, index) =>
    subsets(people.slice(index + 1), size - 1).map((rest) => [person, ...rest]),
  )
}

function only(by: PeopleByGroup, people: readonly string[]): PeopleByGroup {
  const entries = Object.entries(by).map(([group, members]) => [
    group,
    members.filter((person) => people.includes(person)),
  ])
  return Object.fromEntries(entries)
}

test('a tree is satisfied exactly when some choice of distinct humans satisfies it', () => {
  fc.assert(
    fc.property(trees, voters, (tree, by) => {
      expect(tally(tree, by).satisfied).toBe(waysBruteForce(tree, by).length > 0)
    }),
    { numRuns: 3_000 },
  )
})

test('those who count are distinct, as many as are said, and satisfy a satisfied tree alone', () => {
  fc.assert(
    fc.property(trees, voters, (tree, by) => {
      const { satisfied, counted, supporting, have, needed } = tally(tree, by)
      expect(new Set(counted).size).toBe(counted.length)
      expect(counted.length).toBe(have)
      expect(have <= needed).toBe(true)
      expect(satisfied).toBe(have === needed)
      expect(supporting).toEqual(expect.arrayContaining(counted))
      if (satisfied) expect(tally(tree, only(by, counted)).satisfied).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('everybody who supports a satisfied tree is in some smallest set that satisfies it', () => {
  fc.assert(
    fc.property(trees, voters, (tree, by) => {
      const { satisfied, supporting } = tally(tree, by)
      if (!satisfied) return
      const inSomeWay = new Set(waysBruteForce(tree, by).flat())
      expect(supporting).toEqual([...inSomeWay].sort())
    }),
    { numRuns: 2_000 },
  )
})

test('one more voter never makes a satisfied tree unsatisfied', () => {
  fc.assert(
    fc.property(trees, voters, fc.constantFrom(...GROUPS), (tree, by, group) => {
      if (!tally(tree, by).satisfied) return
      const more = { ...by, [group]: [...(by[group] ?? []), 'zoe'] }
      expect(tally(tree, more).satisfied).toBe(true)
    }),
  )
})

test('a policy could be satisfied exactly when the members who are not behind the request could', () => {
  fc.assert(
    fc.property(trees, voters, fc.subarray(PEOPLE), (tree, by, excluded) => {
      const left = PEOPLE.filter((person) => !excluded.includes(person))
      const expected = waysBruteForce(tree, only(by, left)).length > 0
      expect(couldSatisfy(tree, by, excluded)).toBe(expected)
    }),
    { numRuns: 1_000 },
  )
})

test('one human in two groups fills one place only', () => {
  const tree = {
    all: [
      { group: 'g1', count: 1 },
      { group: 'g2', count: 1 },
    ],
  }
  expect(tally(tree, { g1: ['ann'], g2: ['ann'] })).toMatchObject({ satisfied: false, have: 1 })
  expect(tally(tree, { g1: ['ann'], g2: ['ann', 'bob'] })).toMatchObject({
    satisfied: true,
    counted: ['ann', 'bob'],
  })
})

test('a human listed twice in a group is one human', () => {
  expect(tally({ group: 'g1', count: 2 }, { g1: ['ann', 'ann'] }).satisfied).toBe(false)
})

test('a group of two cannot give three distinct votes', () => {
  expect(couldSatisfy({ group: 'g1', count: 3 }, { g1: ['ann', 'bob'] }, [])).toBe(false)
})

test('of two ways the one with fewest people missing is told', () => {
  const tree = {
    any: [
      { group: 'g1', count: 3 },
      { group: 'g2', count: 2 },
    ],
  }
  expect(tally(tree, { g1: ['ann'], g2: ['bob'] })).toMatchObject({
    needed: 2,
    have: 1,
    counted: ['bob'],
  })
})

test.each<ApprovalTree>([
  { all: [] },
  { any: [] },
  { group: 'g1', count: 0 },
  { group: 'g1', count: -1 },
  { group: 'g1', count: 0.5 },
  { group: 'g1', count: Number.NaN },
  { all: [{ group: 'g1', count: 1 }, { all: [] }] },
])('a tree that asks for nothing definite is met by nobody: %j', (tree) => {
  const result = tally(tree, { g1: PEOPLE })
  expect(result.satisfied).toBe(false)
  expect(result.have).toBeLessThan(result.needed)
})

test('a tree with too many ways through it is met by nobody, quickly', () => {
  const pair = (index: number) => ({
    any: [
      { group: `a${index}`, count: 1 },
      { group: `b${index}`, count: 1 },
    ],
  })
  const by = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      [`a${index}`, [`p${index}`]],
      [`b${index}`, [`q${index}`]],
    ]).flat(),
  )
  const wide = (size: number) => ({ all: Array.from({ length: size }, (_, index) => pair(index)) })
  expect(tally(wide(Math.log2(MAX_BRANCHES)), by).satisfied).toBe(true)
  expect(tally(wide(40), by).satisfied).toBe(false)
})

test('a group named like a member of every object has nobody', () => {
  expect(tally({ group: 'constructor', count: 1 }, {}).satisfied).toBe(false)
})

test('all groups of a tree are named once, sorted', () => {
  const tree = {
    all: [
      { group: 'b', count: 1 },
      {
        any: [
          { group: 'a', count: 1 },
          { group: 'b', count: 2 },
        ],
      },
    ],
  }
  expect(groupsOf(tree)).toEqual(['a', 'b'])
})
