import { expect, test } from 'vitest'
import type { Requirement } from '../policy/types'
import { buildReview, reviewDigest } from './review'
import {
  after,
  DEADLINE,
  evaluateCommand,
  HOUR,
  openTicket,
  PLAN,
  RELEASE,
  T0,
  testEvaluation,
  testFacts,
  voteCommand,
} from './test-facts'
import { transition } from './transition'
import type { Ticket, TicketCommand } from './types'

const NOW = T0 + HOUR
const MARA = { kind: 'person', id: 'mara' } as const
const STRICT: Requirement = { ...RELEASE, mfa: 'phishing_resistant' }

function run(ticket: Ticket, command: TicketCommand, now = NOW) {
  const result = transition(ticket, command, now)
  return result.ok ? result.value.map(({ type }) => type) : result.refusal.code
}

test('an approve with the review that was shown is recorded with it', () => {
  const command = voteCommand()
  const result = transition(openTicket(), command, NOW)
  expect(result).toEqual({
    ok: true,
    value: [
      {
        type: 'vote.cast',
        actor: MARA,
        body: {
          vote_id: 'vot_1',
          person: 'mara',
          choice: 'approve',
          method: 'totp',
          channel: 'web',
          review_digest: command.reviewDigest,
          shown_digest: command.reviewDigest,
          reason: null,
        },
        vote: {
          id: 'vot_1',
          person: 'mara',
          choice: 'approve',
          method: 'totp',
          channel: 'web',
          at: NOW,
          reviewDigest: command.reviewDigest,
          reviewed: command.review,
        },
      },
    ],
  })
})

test('a vote makes an evaluation due', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  expect(voted.inputSeq).toBeGreaterThan(voted.evaluatedSeq)
})

test('a requester cannot approve, nor reject, their own ticket', () => {
  const voter = { active: true, groups: ['release'], isRequester: true }
  expect(run(openTicket(), voteCommand({ voter }))).toBe('own_request')
  expect(run(openTicket(), voteCommand({ voter, choice: 'reject', reason: 'other' }))).toBe(
    'own_request',
  )
})

test.each([
  ['is in no group that is asked', { active: true, groups: ['security'], isRequester: false }],
  ['left the organisation', { active: false, groups: ['release'], isRequester: false }],
])('somebody who %s can neither approve nor reject', (_, voter) => {
  expect(run(openTicket(), voteCommand({ voter }))).toBe('not_eligible')
  expect(run(openTicket(), voteCommand({ voter, choice: 'reject', reason: 'other' }))).toBe(
    'not_eligible',
  )
})

test('nobody is eligible where no approval is asked', () => {
  expect(run(openTicket(), voteCommand({ evaluation: testEvaluation([PLAN]) }))).toBe(
    'not_eligible',
  )
})

test('an approve without the digest of what was shown is refused', () => {
  expect(run(openTicket(), voteCommand({ reviewDigest: '' }))).toBe('review_missing')
})

test('an approve of anything but the present review is refused', () => {
  const shown = buildReview(testFacts({ requesters: ['rita'] }), testEvaluation([RELEASE, PLAN]))
  expect(run(openTicket(), voteCommand({ reviewDigest: reviewDigest(shown) }))).toBe(
    'review_changed',
  )
})

test('from the deadline on every vote is refused, though no worker has closed the ticket', () => {
  const ticket = after(openTicket(), [[voteCommand(), NOW]])
  expect(run(ticket, voteCommand({ actor: { kind: 'person', id: 'ben' } }), DEADLINE - 1)).toEqual([
    'vote.cast',
  ])
  for (const command of [
    voteCommand({ actor: { kind: 'person', id: 'ben' } }),
    voteCommand({ choice: 'reject', reason: 'other' }),
    { kind: 'withdraw_vote', actor: MARA } as const,
  ]) {
    expect(run(ticket, command, DEADLINE)).toBe('ticket_expired')
  }
})

test.each([
  ['none on the web', RELEASE, { method: 'none', channel: 'web' }, 'mfa_required'],
  ['none in Slack', RELEASE, { method: 'none', channel: 'slack' }, 'mfa_required'],
  [
    'a code where a passkey is asked',
    STRICT,
    { method: 'totp', channel: 'web' },
    'mfa_not_phishing_resistant',
  ],
  [
    'a code from Slack where a passkey is asked',
    STRICT,
    { method: 'totp', channel: 'slack' },
    'mfa_not_phishing_resistant',
  ],
  [
    'a passkey said to be used in Slack',
    STRICT,
    { method: 'passkey', channel: 'slack' },
    'channel_not_allowed',
  ],
  [
    'a code from Slack without slack_totp',
    { ...RELEASE, slack_totp: false },
    { method: 'totp', channel: 'slack' },
    'channel_not_allowed',
  ],
  [
    'a channel that is not named',
    { ...RELEASE, via: ['web'] },
    { method: 'totp', channel: 'slack' },
    'channel_not_allowed',
  ],
] as [string, Requirement, { method: 'none'; channel: 'web' }, string][])(
  'an approve is refused with %s',
  (_, approval, proof, code) => {
    const evaluation = testEvaluation([approval, PLAN])
    expect(run(openTicket(), voteCommand({ evaluation, ...proof }))).toBe(code)
  },
)

test('an mfa requirement of the ticket binds approvals that ask for none', () => {
  const requirements: Requirement[] = [
    { ...RELEASE, mfa: 'none' },
    { kind: 'mfa', id: 'mfa', level: 'any' },
  ]
  const evaluation = testEvaluation(requirements)
  expect(run(openTicket(), voteCommand({ evaluation, method: 'none' }))).toBe('mfa_required')
  expect(run(openTicket(), voteCommand({ evaluation }))).toEqual(['vote.cast'])
})

test('a proof that is strong enough for one approval of the voter is enough, for an approval of others it is not', () => {
  const security: Requirement = {
    ...STRICT,
    id: 'approval:security',
    tree: { group: 'security', count: 1 },
  }
  const evaluation = testEvaluation([RELEASE, security])
  const as = (groups: string[]) =>
    voteCommand({ evaluation, voter: { active: true, groups, isRequester: false } })
  expect(run(openTicket(), as(['release', 'security']))).toEqual(['vote.cast'])
  expect(run(openTicket(), as(['security']))).toBe('mfa_not_phishing_resistant')
})

test('the same approve twice is one vote', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  expect(run(voted, voteCommand({ voteId: 'vot_2' }), NOW + 1)).toEqual([])
})

test('the same approve twice is one vote also where the first left less outstanding', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  const evaluation = testEvaluation([RELEASE, PLAN], { outstanding: [PLAN.id] })
  const again = { ...voteCommand({ voteId: 'vot_2', evaluation }), ...shownBefore() }
  expect(run(voted, again, NOW + 1)).toEqual([])
  const other = { ...again, actor: { kind: 'person', id: 'tomas' } as const }
  expect(run(voted, other, NOW + 1)).toBe('review_changed')
})

test('the same approve twice confirms nothing that came between', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  const evaluation = testEvaluation([RELEASE, PLAN], {
    requirements: [{ requirement: PLAN, state: 'to_confirm' }],
    outstanding: [PLAN.id],
  })
  const voter = { active: true, groups: ['release'], isRequester: false }
  const approval = { requirement: RELEASE, state: 'met' as const }
  const open = { ...evaluation, requirements: [approval, ...evaluation.requirements] }
  const again = { ...voteCommand({ voteId: 'vot_2', evaluation: open, voter }), ...shownBefore() }
  expect(run(voted, again, NOW + 1)).toBe('review_changed')
})

function shownBefore() {
  return { reviewDigest: voteCommand().reviewDigest }
}

test('an approve that no longer stands is cast anew by the same approve', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  const evaluation = testEvaluation([RELEASE, PLAN], {
    voidVotes: [{ id: 'vot_1', reason: 'vote_too_old' }],
  })
  const again = voteCommand({ voteId: 'vot_2', evaluation })
  expect(run(voted, again)).toEqual(['vote.withdrawn', 'vote.cast'])
})

test('a vote with another method replaces the live one: one human, one vote', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  const passkey = voteCommand({ voteId: 'vot_2', method: 'passkey' })
  const result = transition(voted, passkey, NOW + 1)
  expect(result).toMatchObject({
    ok: true,
    value: [
      { type: 'vote.withdrawn', body: { vote_id: 'vot_1', cause: 'replaced' } },
      { type: 'vote.cast', body: { vote_id: 'vot_2' } },
    ],
  })
  expect(after(voted, [[passkey, NOW + 1]]).votes.map(({ id }) => id)).toEqual(['vot_2'])
})

test('one reject ends the ticket at once, and says why', () => {
  const reject = voteCommand({ choice: 'reject', reason: 'too_risky', note: 'no backup' })
  const result = transition(openTicket(), reject, NOW)
  expect(result).toMatchObject({
    ok: true,
    value: [
      { type: 'vote.cast', body: { choice: 'reject', reason: 'too_risky' } },
      {
        type: 'request.rejected',
        actor: MARA,
        body: { vote_id: 'vot_1', reason: 'too_risky', note: 'no backup' },
      },
    ],
  })
  expect(after(openTicket(), [[reject, NOW]])).toMatchObject({ state: 'rejected', closedAt: NOW })
})

test('a reject by somebody who had approved takes the approve back', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  const reject = voteCommand({ voteId: 'vot_2', choice: 'reject', reason: 'not_now' })
  const rejected = after(voted, [[reject, NOW + 1]])
  expect(rejected.votes).toMatchObject([{ id: 'vot_2', choice: 'reject' }])
})

test('a reject needs neither a second factor nor a fresh review, but a reason', () => {
  const reject = voteCommand({ choice: 'reject', method: 'none', reviewDigest: 'sha-256:stale' })
  expect(run(openTicket(), reject)).toBe('invalid_body')
  const given = { ...reject, reason: 'not_understood' } as const
  const result = transition(openTicket(), given, NOW)
  expect(result).toMatchObject({
    ok: true,
    value: [
      {
        body: { shown_digest: 'sha-256:stale', review_digest: reviewDigest(reject.review) },
      },
      { type: 'request.rejected' },
    ],
  })
})

test('the loser of a race is told how it ended', () => {
  const rejected = after(openTicket(), [[voteCommand({ choice: 'reject', reason: 'other' }), NOW]])
  expect(run(rejected, voteCommand({ actor: { kind: 'person', id: 'ben' } }))).toBe(
    'already_decided',
  )
})

test('a vote can be withdrawn while the ticket is open, once', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  const withdraw = { kind: 'withdraw_vote', actor: MARA } as const
  expect(run(voted, withdraw)).toEqual(['vote.withdrawn'])
  const withdrawn = after(voted, [[withdraw, NOW]])
  expect(withdrawn.votes).toEqual([])
  expect(run(withdrawn, withdraw)).toBe('not_found')
})

test('nobody withdraws the vote of somebody else', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  const withdraw = { kind: 'withdraw_vote', actor: { kind: 'person', id: 'ben' } } as const
  expect(run(voted, withdraw)).toBe('not_found')
})

test('a ticket that was never opened takes no vote', () => {
  const fresh = { ...openTicket(), openedAt: null, deadlineAt: null }
  expect(run(fresh, voteCommand())).toBe('ticket_expired')
})

test('a vote alone releases nothing: only an evaluation does', () => {
  const voted = after(openTicket(), [[voteCommand(), NOW]])
  expect(voted.state).toBe('open')
  const held = after(voted, [[evaluateCommand(testEvaluation([RELEASE, PLAN])), NOW]])
  expect(held).toMatchObject({ state: 'open', grant: null })
})
