import { expect, test } from 'vitest'
import type { Facts, Requirement, VoteFact } from '../policy/types'
import { reviewDigest } from './review'
import { DAY, HOUR, PLAN, RELEASE, T0, testEvidence, testFacts, testVote } from './test-facts'
import { voteStanding } from './vote-standing'

const REQUIREMENTS: Requirement[] = [RELEASE, PLAN]
const NOW = T0 + HOUR

/** A vote on facts as they were, judged on facts and requirements as they have become. */
function standing(change: {
  facts?: Facts
  requirements?: Requirement[]
  vote?: (vote: VoteFact) => VoteFact
  seen?: Facts
  now?: number
}) {
  const vote = testVote(change.seen ?? testFacts(), REQUIREMENTS)
  const { facts = testFacts(), requirements = REQUIREMENTS } = change
  const result = voteStanding(
    change.vote?.(vote) ?? vote,
    { requirements, facts },
    change.now ?? NOW,
  )
  return result.counts ? 'counts' : result.reason
}

function redigested(vote: VoteFact, reviewed: VoteFact['reviewed']): VoteFact {
  return { ...vote, reviewed, reviewDigest: reviewDigest(reviewed) }
}

test('a vote stands while what was reviewed still holds', () => {
  expect(standing({})).toBe('counts')
})

test('a review that does not hash to the digest of the vote voids it', () => {
  const vote = (one: VoteFact) => ({ ...one, reviewed: { ...one.reviewed, outstanding: [] } })
  expect(standing({ vote })).toBe('review_mismatch')
})

test.each([
  ['domain', { domain: 'https://other.example' }],
  ['request', { requestId: 'req_2' }],
  ['contract', { contractDigest: 'sha-256:other' }],
])('a vote on another %s is void here, however well it hashes', (_, changes) => {
  expect(standing({ seen: testFacts(changes) })).toBe('review_mismatch')
})

test('another kind of document cannot pass for a review', () => {
  const vote = (one: VoteFact) =>
    redigested(one, { ...one.reviewed, type: 'countersign/other' as 'countersign/review' })
  expect(standing({ vote })).toBe('review_mismatch')
})

test('an added requirement asks again', () => {
  const added: Requirement = { kind: 'mfa', id: 'mfa', level: 'any' }
  expect(standing({ requirements: [...REQUIREMENTS, added] })).toBe('terms_changed')
})

test.each<[string, Requirement]>([
  ['more people', { ...RELEASE, tree: { group: 'release', count: 2 } }],
  ['stronger mfa', { ...RELEASE, mfa: 'phishing_resistant' }],
  ['fewer channels', { ...RELEASE, via: ['web'] }],
  ['looser terms, too', { ...RELEASE, mfa: 'none' }],
])('changed terms ask again: %s', (_, approval) => {
  expect(standing({ requirements: [approval, PLAN] })).toBe('terms_changed')
})

test('a removed requirement does not ask again', () => {
  expect(standing({ requirements: [RELEASE] })).toBe('counts')
})

test('the order of channels is no change of terms', () => {
  expect(standing({ requirements: [{ ...RELEASE, via: ['slack', 'web'] }, PLAN] })).toBe('counts')
})

test.each([
  ['withdrawn', [testEvidence({ state: 'withdrawn' })]],
  ['rejected', [testEvidence({ state: 'rejected' })]],
  ['replaced by other bytes', [testEvidence({ sha256: 'sha-256:other' })]],
  ['gone', []],
])('evidence that was shown and is %s voids the vote', (_, evidence) => {
  const seen = testFacts({ evidence: [testEvidence()] })
  expect(standing({ seen, facts: testFacts({ evidence }) })).toBe('evidence_gone')
})

test('evidence that came later leaves the vote as it is', () => {
  expect(standing({ facts: testFacts({ evidence: [testEvidence()] }) })).toBe('counts')
})

test('a vote is void from its maximum age on', () => {
  expect(standing({ now: T0 + DAY - 1 })).toBe('counts')
  expect(standing({ now: T0 + DAY })).toBe('vote_too_old')
})

test('a voter who left the group, or whose membership ended, has no vote', () => {
  const facts = testFacts()
  facts.directory.groups['release'] = [{ person: 'mara', expiresAt: NOW }]
  expect(standing({ facts })).toBe('voter_ineligible')
  expect(standing({ facts, now: NOW - 1 })).toBe('counts')
})

test('a voter who became the owner of the caller has no vote', () => {
  const facts = testFacts()
  facts.caller.ownerId = 'mara'
  expect(standing({ facts })).toBe('voter_ineligible')
})

test('a voter whose account was closed has no vote', () => {
  const facts = testFacts()
  facts.directory.people['mara'] = { name: 'Mara', active: false, roles: [] }
  expect(standing({ facts })).toBe('voter_ineligible')
})

test('a method too weak for the approval, or a channel it does not take, voids the vote', () => {
  expect(standing({ vote: (one) => ({ ...one, method: 'none' }) })).toBe('method_too_weak')
  const fromSlack = (one: VoteFact): VoteFact => ({ ...one, method: 'passkey', channel: 'slack' })
  expect(standing({ vote: fromSlack })).toBe('channel_not_allowed')
})

test('a vote that is good for one of two approvals stands', () => {
  const security: Requirement = {
    ...RELEASE,
    id: 'approval:security',
    tree: { group: 'security', count: 1 },
  }
  const both = [RELEASE, security]
  const facts = testFacts()
  const vote = testVote(facts, both)
  expect(voteStanding(vote, { requirements: both, facts }, NOW)).toEqual({ counts: true })
})

test('of several reasons the one of an approval that the voter is eligible for is told', () => {
  const security: Requirement = {
    ...RELEASE,
    id: 'approval:security',
    tree: { group: 'security', count: 1 },
  }
  const both = [security, RELEASE]
  const facts = testFacts()
  const vote = testVote(facts, both, { method: 'none' })
  expect(voteStanding(vote, { requirements: both, facts }, NOW)).toEqual({
    counts: false,
    reason: 'method_too_weak',
  })
})
