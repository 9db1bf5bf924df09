import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Requirement } from '../policy/types'
import { buildReview, reviewDigest } from './review'
import { PLAN, RELEASE, reviewOf, testEvaluation, testEvidence, testFacts } from './test-facts'

const REQUIREMENTS = [RELEASE, PLAN]

test('the same facts in another order give the same review digest', () => {
  const evidence = [testEvidence(), testEvidence({ id: 'evd_2' }), testEvidence({ id: 'evd_3' })]
  const digest = reviewDigest(
    reviewOf(testFacts({ evidence, requesters: ['a', 'b'] }), REQUIREMENTS),
  )
  fc.assert(
    fc.property(
      fc.shuffledSubarray(evidence, { minLength: 3 }),
      fc.shuffledSubarray(REQUIREMENTS, { minLength: 2 }),
      fc.shuffledSubarray(RELEASE.via, { minLength: 2 }),
      (items, requirements, via) => {
        const shuffled = requirements.map((one) =>
          one.kind === 'approval' ? { ...one, via } : one,
        )
        const facts = testFacts({ evidence: items, requesters: ['b', 'a'] })
        expect(reviewDigest(reviewOf(facts, shuffled))).toBe(digest)
      },
    ),
  )
})

test.each([
  ['domain', testFacts({ domain: 'https://other.example' }), REQUIREMENTS],
  ['request', testFacts({ requestId: 'req_2' }), REQUIREMENTS],
  ['contract', testFacts({ contractDigest: 'sha-256:other' }), REQUIREMENTS],
  ['evidence', testFacts({ evidence: [testEvidence()] }), REQUIREMENTS],
  ['person behind it', testFacts({ requesters: ['olga', 'rita'] }), REQUIREMENTS],
  ['requirement', testFacts(), [RELEASE]],
  ['terms', testFacts(), [{ ...RELEASE, vote_max_age_ms: 1 }, PLAN]],
])('another %s gives another review digest', (_, facts, requirements) => {
  const digest = reviewDigest(reviewOf(testFacts(), REQUIREMENTS))
  expect(reviewDigest(reviewOf(facts, requirements))).not.toBe(digest)
})

test('another policy version or another outstanding list gives another review digest', () => {
  const facts = testFacts()
  const base = testEvaluation(REQUIREMENTS)
  const digests = [base, { ...base, policyVersion: 'main@2+x' }, { ...base, outstanding: [] }].map(
    (evaluation) => reviewDigest(buildReview(facts, evaluation)),
  )
  expect(new Set(digests).size).toBe(3)
})

test('a decision point that is asked again leaves the review as it is, other than a person or a window', () => {
  const point = { kind: 'decision_point', id: 'decision_point:stage0' } as Requirement
  const requirements = [...REQUIREMENTS, point]
  const waiting = testEvaluation(requirements)
  const ids = REQUIREMENTS.map(({ id }) => id).sort()
  expect(waiting.outstanding).toContain(point.id)
  const review = buildReview(testFacts(), waiting)
  expect(review.outstanding).toEqual(ids)
  expect(reviewDigest(review)).toBe(
    reviewDigest(buildReview(testFacts(), { ...waiting, outstanding: ids })),
  )
})

test('evidence that was withdrawn or rejected is not shown', () => {
  const evidence = [
    testEvidence({ state: 'withdrawn' }),
    testEvidence({ id: 'evd_2', state: 'rejected' }),
    testEvidence({ id: 'evd_3' }),
  ]
  const review = reviewOf(testFacts({ evidence }), REQUIREMENTS)
  expect(review.evidence.map(({ id }) => id)).toEqual(['evd_3'])
})

test('a review names every human behind the request, the owner of today among them', () => {
  const facts = testFacts({ requesters: ['rita'] })
  expect(reviewOf(facts, REQUIREMENTS).behind).toEqual(['olga', 'rita'])
})

test('the facts are not changed by making a review', () => {
  const facts = testFacts({ requesters: ['z', 'a'] })
  const before = structuredClone(facts)
  reviewOf(facts, REQUIREMENTS)
  expect(facts).toEqual(before)
})

test('the review digest of a known review never changes', () => {
  expect(reviewDigest(reviewOf(testFacts({ evidence: [testEvidence()] }), REQUIREMENTS))).toBe(
    'sha-256:2ba55eb013fccd4a92839fb8793887db172c406511c57aa77f18a1761dc68c15',
  )
})
