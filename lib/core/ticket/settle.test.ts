import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Facts, Requirement } from '../policy/types'
import { settle } from './settle'
import { DAY, HOUR, PLAN, RELEASE, T0, testEvidence, testFacts, testVote } from './test-facts'

const NOW = T0 + HOUR
const MFA: Requirement = { kind: 'mfa', id: 'mfa', level: 'any' }
const STRONG: Requirement = { kind: 'mfa', id: 'mfa', level: 'phishing_resistant' }
const TWO: Requirement = { ...RELEASE, tree: { group: 'release', count: 2 } }

function states(requirements: Requirement[], facts: Facts, now = NOW): Record<string, string> {
  const { statuses } = settle(requirements, facts, now)
  return Object.fromEntries(statuses.map(({ requirement, state }) => [requirement.id, state]))
}

/** Facts in which the first fact set was shown to each voter. */
function votedOn(requirements: Requirement[], facts: Facts, ...people: string[]): Facts {
  const votes = people.map((person) => testVote(facts, requirements, { person }))
  return { ...facts, votes: [...facts.votes, ...votes] }
}

test('nothing given, nothing met', () => {
  expect(settle([RELEASE, MFA, PLAN], testFacts(), NOW)).toEqual({
    statuses: [
      {
        requirement: RELEASE,
        state: 'missing',
        progress: { counted: 0, needed: 1, countedVotes: [] },
      },
      { requirement: MFA, state: 'missing' },
      { requirement: PLAN, state: 'missing' },
    ],
    countedVotes: [],
    voidVotes: [],
    nextCheckAt: null,
  })
})

test('windows, preconditions and decision points are left to evaluation', () => {
  const others: Requirement[] = [
    { kind: 'change_window', id: 'w', calendar: 'business_hours' },
    { kind: 'precondition', id: 'p', name: 'plan' },
    { kind: 'decision_point', id: 'd', name: 'stage0', max_age_ms: HOUR },
  ]
  expect(settle([...others, RELEASE], testFacts(), NOW).statuses).toHaveLength(1)
})

test('plan on file, then a vote that reviewed it: all met', () => {
  const requirements = [RELEASE, MFA, PLAN]
  const facts = votedOn(requirements, testFacts({ evidence: [testEvidence()] }), 'mara')
  const result = settle(requirements, facts, NOW)
  expect(result.statuses.map(({ state }) => state)).toEqual(['met', 'met', 'met'])
  expect(result.countedVotes).toEqual(['vot_mara'])
  expect(result.nextCheckAt).toBe(T0 + DAY)
})

test('approve first, plan second: the plan waits for a voter to review it', () => {
  const requirements = [RELEASE, PLAN]
  const before = votedOn(requirements, testFacts(), 'mara')
  const withPlan = { ...before, evidence: [testEvidence()] }
  expect(states(requirements, withPlan)).toEqual({ [RELEASE.id]: 'met', [PLAN.id]: 'to_confirm' })
  const confirmed = { ...withPlan, votes: [testVote(withPlan, requirements)] }
  expect(states(requirements, confirmed)).toEqual({ [RELEASE.id]: 'met', [PLAN.id]: 'met' })
})

test('another approver who reviewed the plan confirms it, though the first vote sufficed', () => {
  const requirements = [RELEASE, PLAN]
  const before = votedOn(requirements, testFacts(), 'ben')
  const withPlan = { ...before, evidence: [testEvidence()] }
  const facts = votedOn(requirements, withPlan, 'tomas')
  expect(states(requirements, facts)[PLAN.id]).toBe('met')
  expect(settle(requirements, facts, NOW).countedVotes).toEqual(['vot_ben', 'vot_tomas'])
})

test('a plan reviewed only by somebody who may not vote waits', () => {
  const requirements = [RELEASE, PLAN]
  const before = votedOn(requirements, testFacts(), 'mara')
  const facts = votedOn(requirements, { ...before, evidence: [testEvidence()] }, 'olga', 'aiko')
  expect(states(requirements, facts)[PLAN.id]).toBe('to_confirm')
})

test('a plan reviewed with other bytes is not the plan on file', () => {
  const requirements = [RELEASE, PLAN]
  const facts = votedOn(requirements, testFacts({ evidence: [testEvidence()] }), 'mara')
  const swapped = { ...facts, evidence: [testEvidence({ sha256: 'sha-256:other' })] }
  expect(states(requirements, swapped)).toEqual({
    [RELEASE.id]: 'missing',
    [PLAN.id]: 'to_confirm',
  })
})

test('policy may let evidence count before anybody reviewed it', () => {
  const early: Requirement = { ...PLAN, approve_before_evidence: true }
  const requirements = [RELEASE, early]
  const before = votedOn(requirements, testFacts(), 'mara')
  expect(states(requirements, { ...before, evidence: [testEvidence()] })[PLAN.id]).toBe('met')
})

test('where nobody has to approve, evidence counts at once', () => {
  expect(states([PLAN], testFacts({ evidence: [testEvidence()] }))).toEqual({ [PLAN.id]: 'met' })
})

test.each([
  ['of another type', { type: 'note' }],
  ['withdrawn', { state: 'withdrawn' as const }],
  ['rejected', { state: 'rejected' as const }],
  ['from a caller', { author: { kind: 'caller' as const, id: 'clr_1' } }],
  ['not there yet', { at: NOW + 1 }],
])('evidence %s does not count', (_, changes) => {
  expect(states([PLAN], testFacts({ evidence: [testEvidence(changes)] }))[PLAN.id]).toBe('missing')
})

test('where policy takes it from callers, only the request’s own caller may give it', () => {
  const requirement: Requirement = { ...PLAN, from: 'human_or_caller' }
  const by = (id: string) =>
    testFacts({ evidence: [testEvidence({ author: { kind: 'caller', id } })] })
  expect(states([requirement], by('clr_1'))[PLAN.id]).toBe('met')
  expect(states([requirement], by('clr_2'))[PLAN.id]).toBe('missing')
})

test('evidence grows too old, and the time when is told', () => {
  const requirement: Requirement = { ...PLAN, max_age_ms: 2 * HOUR }
  const facts = testFacts({ evidence: [testEvidence()] })
  expect(settle([requirement], facts, NOW).nextCheckAt).toBe(T0 + 2 * HOUR)
  expect(states([requirement], facts, T0 + 2 * HOUR - 1)[PLAN.id]).toBe('met')
  expect(states([requirement], facts, T0 + 2 * HOUR)[PLAN.id]).toBe('missing')
})

test('an approval is met by as many distinct humans as it asks for', () => {
  expect(states([TWO], votedOn([TWO], testFacts(), 'mara'))).toEqual({ [TWO.id]: 'missing' })
  expect(states([TWO], votedOn([TWO], testFacts(), 'mara', 'tomas'))).toEqual({ [TWO.id]: 'met' })
  const twice = votedOn([TWO], testFacts(), 'mara')
  const again = testVote(testFacts(), [TWO], { id: 'vot_again', at: T0 + 1 })
  expect(states([TWO], { ...twice, votes: [...twice.votes, again] })).toEqual({
    [TWO.id]: 'missing',
  })
})

test('one human in two groups meets two approvals, each for itself, and one place of an all', () => {
  const security: Requirement = {
    ...RELEASE,
    id: 'approval:security',
    tree: { group: 'security', count: 1 },
  }
  const rules = [RELEASE, security]
  expect(states(rules, votedOn(rules, testFacts(), 'ben'))).toEqual({
    [RELEASE.id]: 'met',
    [security.id]: 'met',
  })
  const both: Requirement = { ...RELEASE, tree: { all: [RELEASE.tree, security.tree] } }
  expect(states([both], votedOn([both], testFacts(), 'ben'))).toEqual({ [both.id]: 'missing' })
  expect(states([both], votedOn([both], testFacts(), 'ben', 'aiko'))).toEqual({ [both.id]: 'met' })
})

test('a reject never counts as an approval, nor does the approve it replaced', () => {
  const facts = votedOn([RELEASE], testFacts(), 'mara')
  const reject = testVote(testFacts(), [RELEASE], { id: 'vot_no', choice: 'reject' })
  expect(states([RELEASE], { ...facts, votes: [reject] })[RELEASE.id]).toBe('missing')
  expect(states([RELEASE], { ...facts, votes: [...facts.votes, reject] })[RELEASE.id]).toBe(
    'missing',
  )
  expect(states([RELEASE], { ...facts, votes: [reject, ...facts.votes] })[RELEASE.id]).toBe(
    'missing',
  )
})

test('a void vote is told with its reason and counts for nothing', () => {
  const facts = votedOn([RELEASE], testFacts(), 'mara')
  expect(settle([RELEASE], facts, T0 + DAY)).toMatchObject({
    countedVotes: [],
    voidVotes: [{ id: 'vot_mara', reason: 'vote_too_old' }],
    nextCheckAt: null,
  })
})

test('a vote dated later than now does not exist yet, and the time when it will is told', () => {
  const vote = testVote(testFacts(), [RELEASE], { at: NOW + 5 })
  const facts = testFacts({ votes: [vote] })
  expect(settle([RELEASE], facts, NOW)).toMatchObject({
    countedVotes: [],
    voidVotes: [],
    nextCheckAt: NOW + 5,
  })
  expect(states([RELEASE], facts, NOW + 5)[RELEASE.id]).toBe('met')
})

test('the end of a counted voter’s membership is told', () => {
  const facts = votedOn([RELEASE], testFacts(), 'mara')
  facts.directory.groups['release'] = [{ person: 'mara', expiresAt: NOW + 7 }]
  expect(settle([RELEASE], facts, NOW).nextCheckAt).toBe(NOW + 7)
  expect(states([RELEASE], facts, NOW + 7)[RELEASE.id]).toBe('missing')
})

test('mfa is met only when the votes of that level alone would meet every approval', () => {
  const lax: Requirement = { ...TWO, mfa: 'none' }
  const requirements = [lax, STRONG]
  const vote = (person: string, method: 'totp' | 'passkey') =>
    testVote(testFacts(), requirements, { person, method })
  const mixed = testFacts({ votes: [vote('mara', 'passkey'), vote('tomas', 'totp')] })
  expect(states(requirements, mixed)).toEqual({ [TWO.id]: 'met', mfa: 'missing' })
  const strong = testFacts({ votes: [...mixed.votes, vote('ben', 'passkey')] })
  expect(states(requirements, strong)).toEqual({ [TWO.id]: 'met', mfa: 'met' })
})

test('mfa is not met where nobody has to approve', () => {
  expect(states([MFA], testFacts())).toEqual({ mfa: 'missing' })
})

test('one human may serve two approvals, but two places of one approval need two', () => {
  const security: Requirement = {
    ...RELEASE,
    id: 'approval:security',
    tree: { group: 'security', count: 1 },
  }
  const both: Requirement = {
    ...RELEASE,
    tree: {
      all: [
        { group: 'release', count: 1 },
        { group: 'security', count: 1 },
      ],
    },
  }
  expect(states([RELEASE, security], votedOn([RELEASE, security], testFacts(), 'ben'))).toEqual({
    [RELEASE.id]: 'met',
    'approval:security': 'met',
  })
  expect(states([both], votedOn([both], testFacts(), 'ben'))).toEqual({ [RELEASE.id]: 'missing' })
  expect(states([both], votedOn([both], testFacts(), 'ben', 'mara'))).toEqual({
    [RELEASE.id]: 'met',
  })
})

test('the order of votes and evidence changes nothing', () => {
  const requirements = [TWO, MFA, PLAN]
  const early = votedOn(requirements, testFacts(), 'mara', 'ben')
  const evidence = [testEvidence(), testEvidence({ id: 'evd_2', type: 'note' })]
  const facts = votedOn(requirements, { ...early, evidence }, 'tomas')
  const expected = settle(requirements, facts, NOW)
  fc.assert(
    fc.property(
      fc.shuffledSubarray(facts.votes, { minLength: 3 }),
      fc.shuffledSubarray(evidence, { minLength: 2 }),
      (votes, items) => {
        expect(settle(requirements, { ...facts, votes, evidence: items }, NOW)).toEqual(expected)
      },
    ),
  )
})

test('nothing changes by time alone before the time that is told', () => {
  const requirement: Requirement = { ...PLAN, max_age_ms: 3 * HOUR }
  const requirements = [TWO, requirement]
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 10 * HOUR }), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 0, max: 40 * HOUR }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      ([ageA = 0, ageB = 0, ageE = 0], later, part) => {
        const base = testFacts({ evidence: [testEvidence({ at: T0 + ageE })] })
        base.directory.groups['release'] = [
          { person: 'mara', expiresAt: T0 + 20 * HOUR },
          { person: 'ben', expiresAt: null },
        ]
        const votes = [
          testVote(base, requirements, { person: 'mara', at: T0 + ageA }),
          testVote(base, requirements, { person: 'ben', at: T0 + ageB }),
        ]
        const facts = { ...base, votes }
        const now = T0 + later
        const first = settle(requirements, facts, now)
        const end = first.nextCheckAt ?? now + 100 * DAY
        expect(end).toBeGreaterThan(now)
        const between = now + Math.floor((end - now) * part)
        expect(settle(requirements, facts, between)).toEqual(first)
      },
    ),
    { numRuns: 500 },
  )
})
