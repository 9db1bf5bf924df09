import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLAN, RELEASE } from '../ticket/test-facts'
import { mergeRequirements } from './merge-requirements'
import type { ApprovalTree, Requirement } from './types'

type Approval = Extract<Requirement, { kind: 'approval' }>

function approval(changes: Partial<Approval>): Approval {
  return { ...RELEASE, ...changes }
}

describe('mergeRequirements', () => {
  it('makes approvals by one group one, on the strictest of all terms', () => {
    const merged = mergeRequirements([
      approval({ tree: { group: 'release', count: 1 }, slack_totp: true, vote_max_age_ms: 5 }),
      approval({ tree: { group: 'release', count: 3 }, via: ['web'], vote_max_age_ms: 9 }),
      approval({
        tree: { group: 'release', count: 2 },
        mfa: 'phishing_resistant',
        slack_totp: false,
      }),
    ])
    expect(merged).toEqual([
      {
        kind: 'approval',
        id: 'approval:release',
        tree: { group: 'release', count: 3 },
        via: ['web'],
        mfa: 'phishing_resistant',
        slack_totp: false,
        vote_max_age_ms: 5,
      },
    ])
  })

  it('keeps approvals by different people apart', () => {
    const trees: ApprovalTree[] = [
      { group: 'release', count: 1 },
      { group: 'security', count: 1 },
      {
        all: [
          { group: 'release', count: 1 },
          { group: 'security', count: 1 },
        ],
      },
      {
        any: [
          { group: 'release', count: 1 },
          { group: 'security', count: 1 },
        ],
      },
    ]
    const merged = mergeRequirements(trees.map((tree) => approval({ tree })))
    expect(merged.map(({ id }) => id)).toEqual([
      'approval:all(release,security)',
      'approval:any(release,security)',
      'approval:release',
      'approval:security',
    ])
  })

  it('gives every requirement the id of its terms, so that none hides behind another', () => {
    const merged = mergeRequirements([
      approval({ id: 'approval:release', tree: { group: 'security', count: 1 } }),
      approval({ id: 'approval:release', tree: { group: 'release', count: 1 } }),
    ])
    expect(merged.map(({ id }) => id)).toEqual(['approval:release', 'approval:security'])
  })

  it('lets the console remain where two demands have no channel in common', () => {
    const [merged] = mergeRequirements([approval({ via: ['slack'] }), approval({ via: ['web'] })])
    expect(merged).toMatchObject({ via: ['web'] })
  })

  it('makes evidence of one type one, on the strictest of all terms', () => {
    const merged = mergeRequirements([
      { ...PLAN, from: 'human_or_caller', max_age_ms: null, approve_before_evidence: true },
      { ...PLAN, from: 'human_or_caller', max_age_ms: 7, approve_before_evidence: true },
      { ...PLAN, from: 'human', max_age_ms: 9, approve_before_evidence: false },
    ])
    expect(merged).toEqual([{ ...PLAN, max_age_ms: 7 }])
  })

  it('raises every approval to the second factor that is demanded for the whole', () => {
    const merged = mergeRequirements([
      approval({ mfa: 'none' }),
      approval({ tree: { group: 'security', count: 1 }, mfa: 'any' }),
      { kind: 'mfa', id: 'mfa', level: 'phishing_resistant' },
      { kind: 'mfa', id: 'mfa', level: 'any' },
    ])
    expect(merged.map((one) => (one.kind === 'approval' ? one.mfa : one.kind))).toEqual([
      'phishing_resistant',
      'phishing_resistant',
      'mfa',
    ])
    expect(merged.at(-1)).toMatchObject({ level: 'phishing_resistant' })
  })

  it('takes the freshest that is demanded of a decision point', () => {
    const point = { kind: 'decision_point' as const, id: 'decision_point:stage0', name: 'stage0' }
    const merged = mergeRequirements([
      { ...point, max_age_ms: 9 },
      { ...point, max_age_ms: 4 },
    ])
    expect(merged).toEqual([{ ...point, max_age_ms: 4 }])
  })

  it('gives one list whatever the order, and the same again when merged again', () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 8 }), fc.integer(), (drawn, seed) => {
        const merged = mergeRequirements(drawn)
        const shuffled = [...drawn].sort((a, b) => rank(a, seed) - rank(b, seed))
        expect(mergeRequirements(shuffled)).toEqual(merged)
        expect(mergeRequirements(merged)).toEqual(merged)
        expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length)
      }),
    )
  })
})

const group = fc.constantFrom('release', 'security')
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc
    .record({
      group,
      count: fc.integer({ min: 1, max: 3 }),
      via: fc.constantFrom<Approval['via']>(['web'], ['slack', 'web']),
      mfa: fc.constantFrom<Approval['mfa']>('none', 'any', 'phishing_resistant'),
      slack_totp: fc.boolean(),
      vote_max_age_ms: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ group: name, count, ...terms }) =>
      approval({ tree: { group: name, count }, ...terms }),
    ),
  fc
    .record({
      type: fc.constantFrom('rollback_plan', 'backup'),
      from: fc.constantFrom('human' as const, 'human_or_caller' as const),
      max_age_ms: fc.option(fc.integer({ min: 1, max: 3 })),
      approve_before_evidence: fc.boolean(),
    })
    .map((terms) => ({ ...PLAN, ...terms })),
  fc
    .constantFrom('any' as const, 'phishing_resistant' as const)
    .map((level) => ({ kind: 'mfa' as const, id: 'mfa' as const, level })),
  fc
    .constantFrom('office', 'night')
    .map((calendar) => ({ kind: 'change_window' as const, id: '', calendar })),
)

function rank(one: Requirement, seed: number): number {
  return (JSON.stringify(one).length * 7919 + seed) % 13
}
