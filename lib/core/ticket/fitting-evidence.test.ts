import { expect, test } from 'vitest'
import { hasReviewed } from './fitting-evidence'
import { PLAN, RELEASE, testEvidence, testFacts, testVote } from './test-facts'

test('a voter has reviewed an item only when they were shown this id with these very bytes', () => {
  const vote = testVote(testFacts({ evidence: [testEvidence()] }), [RELEASE, PLAN])
  expect(hasReviewed(vote, testEvidence())).toBe(true)
  expect(hasReviewed(vote, testEvidence({ sha256: 'sha-256:other' }))).toBe(false)
  expect(hasReviewed(vote, testEvidence({ id: 'evd_2' }))).toBe(false)
})
