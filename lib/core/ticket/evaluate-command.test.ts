import { expect, test } from 'vitest'
import { canonical } from '../contract/canonical'
import type { Evaluation } from '../policy/types'
import {
  after,
  allowing,
  DAY,
  DEADLINE,
  evaluateCommand,
  freshTicket,
  HOUR,
  openTicket,
  PLAN,
  RELEASE,
  T0,
  testEvaluation,
  testEvidence,
  testFacts,
  testVote,
} from './test-facts'
import { transition } from './transition'
import type { Ticket } from './types'

const NOW = T0 + HOUR
const REQUIREMENTS = [RELEASE, PLAN]
const DENY = testEvaluation(REQUIREMENTS, {
  verdict: 'DENY',
  issues: [
    { code: 'wrong_environment', severity: 'deny', message: 'Not registered for production.' },
    { code: 'unbound_arguments', severity: 'warn', message: 'Nothing is bound.', path: '/tools/0' },
  ],
})

function events(ticket: Ticket, evaluation: Evaluation, now = NOW) {
  const result = transition(ticket, evaluateCommand(evaluation), now)
  if (!result.ok) throw new Error(result.refusal.code)
  return result.value
}

function types(ticket: Ticket, evaluation: Evaluation, now = NOW): string[] {
  return events(ticket, evaluation, now).map(({ type }) => type)
}

test('the first DEFER opens a ticket with a deadline', () => {
  expect(types(freshTicket(), testEvaluation(REQUIREMENTS), T0)).toEqual([
    'decision.made',
    'ticket.opened',
  ])
  expect(openTicket()).toMatchObject({ state: 'open', openedAt: T0, deadlineAt: T0 + DAY })
})

test('an immediate ALLOW makes a grant and never a ticket', () => {
  const ticket = after(freshTicket(), [[evaluateCommand(allowing([])), T0]])
  expect(ticket).toMatchObject({ state: 'released', openedAt: null, deadlineAt: null })
  expect(ticket.grant).toMatchObject({ state: 'ready', createdAt: T0, endsAt: T0 + 4 * HOUR })
})

test('an immediate DENY ends the request', () => {
  const ticket = after(freshTicket(), [[evaluateCommand(DENY), T0]])
  expect(ticket).toMatchObject({ state: 'denied', openedAt: null, closedAt: T0, grant: null })
})

test('a held ticket that policy comes to deny is denied, not rejected', () => {
  expect(events(openTicket(), DENY)).toMatchObject([
    { type: 'decision.made', body: { verdict: 'DENY', ordinal: 2 } },
    {
      type: 'request.denied',
      actor: { kind: 'system' },
      body: { issues: ['wrong_environment'], decision: 2 },
    },
  ])
})

test('an ALLOW releases with one grant and names the votes it rests on', () => {
  const facts = testFacts({ evidence: [testEvidence()] })
  const ticket: Ticket = {
    ...openTicket(),
    votes: [testVote(facts, REQUIREMENTS), testVote(facts, REQUIREMENTS, { person: 'aiko' })],
    evidence: facts.evidence,
  }
  const evaluation = allowing(REQUIREMENTS, { countedVotes: ['vot_mara'] })
  expect(events(ticket, evaluation)).toMatchObject([
    { type: 'decision.made', body: { verdict: 'ALLOW', counted_votes: ['vot_mara'] } },
    {
      type: 'request.released',
      body: {
        approvals: [{ vote_id: 'vot_mara', person: 'mara', method: 'totp', channel: 'web' }],
        unreviewed_evidence: [],
      },
    },
    { type: 'grant.created', body: { generation: 1, ends_at: '2026-03-16T14:00:00.000Z' } },
  ])
})

test('a release on evidence that nobody reviewed says so in the audit', () => {
  const blind = testVote(testFacts(), REQUIREMENTS)
  const ticket: Ticket = { ...openTicket(), votes: [blind], evidence: [testEvidence()] }
  const evaluation = allowing(REQUIREMENTS, { countedVotes: ['vot_mara'] })
  expect(events(ticket, evaluation)[1]).toMatchObject({
    type: 'request.released',
    body: { unreviewed_evidence: [PLAN.id] },
  })
})

test('DEFER past the deadline is an expiry, and nobody did it', () => {
  const result = events(openTicket(), testEvaluation(REQUIREMENTS), DEADLINE)
  expect(result).toMatchObject([
    { type: 'decision.made' },
    { type: 'request.expired', actor: { kind: 'system' } },
  ])
  expect(JSON.stringify(result[1])).not.toMatch(/mara|person|actor":\{"kind":"(person|caller)/)
  expect(types(openTicket(), testEvaluation(REQUIREMENTS), DEADLINE - 1)).toEqual([])
})

test('a worker that comes after the deadline still releases what was satisfied before it, and lengthens nothing', () => {
  const ticket = after(openTicket(), [[evaluateCommand(allowing(REQUIREMENTS)), DEADLINE + HOUR]])
  expect(ticket).toMatchObject({ state: 'released', closedAt: DEADLINE + HOUR })
  expect(ticket.grant?.endsAt).toBe(DEADLINE + 4 * HOUR)
})

test('an evaluation that says the same again is no new decision', () => {
  expect(types(openTicket(), testEvaluation(REQUIREMENTS))).toEqual([])
  const reworded = testEvaluation(REQUIREMENTS, { nextCheckAt: 5, countedVotes: [] })
  expect(types(openTicket(), reworded)).toEqual([])
})

test.each<[string, Partial<Evaluation>]>([
  ['an issue', { issues: [{ code: 'x', severity: 'defer', message: 'x' }] }],
  ['what is outstanding', { outstanding: [PLAN.id] }],
  [
    'a state',
    {
      requirements: [
        { requirement: RELEASE, state: 'met' },
        { requirement: PLAN, state: 'missing' },
      ],
    },
  ],
  [
    'the terms of a requirement',
    { requirements: testEvaluation([{ ...RELEASE, mfa: 'none' }, PLAN]).requirements },
  ],
  [
    'how far an approval is',
    {
      requirements: [
        {
          requirement: RELEASE,
          state: 'missing',
          progress: { counted: 1, needed: 2, countedVotes: ['vot_1'] },
        },
        { requirement: PLAN, state: 'missing' },
      ],
    },
  ],
])('an evaluation that changes %s is a new decision', (_, changes) => {
  const evaluation = testEvaluation(REQUIREMENTS, changes)
  expect(types(openTicket(), evaluation)).toEqual(['decision.made'])
  const decided = after(openTicket(), [[evaluateCommand(evaluation), NOW]])
  expect(decided).toMatchObject({ decisionOrdinal: 2, state: 'open' })
  expect(types(decided, evaluation)).toEqual([])
})

test('a decision records up to which input it has seen', () => {
  const ticket = { ...openTicket(), inputSeq: 7 }
  const denied = after(ticket, [[evaluateCommand(DENY), NOW]])
  expect(denied).toMatchObject({ evaluatedSeq: 7, decisionOrdinal: 2 })
})

test.each<[string, Evaluation]>([
  ['an outstanding requirement', allowing(REQUIREMENTS, { outstanding: [PLAN.id] })],
  [
    'a requirement that is not met',
    { ...testEvaluation(REQUIREMENTS), verdict: 'ALLOW', outstanding: [] },
  ],
  [
    'an issue that holds',
    allowing([], { issues: [{ code: 'x', severity: 'defer', message: '' }] }),
  ],
  [
    'an issue that denies',
    allowing([], { issues: [{ code: 'x', severity: 'deny', message: '' }] }),
  ],
])('an ALLOW with %s is a fault and releases nothing', (_, evaluation) => {
  expect(() => events(openTicket(), evaluation)).toThrow(/ALLOW/)
})

test('a verdict that nobody knows is a fault and releases nothing', () => {
  const unknown = { ...allowing([]), verdict: 'PERMIT' } as unknown as Evaluation
  expect(() => events(openTicket(), unknown)).toThrow()
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  'a length of %s opens no ticket and makes no grant',
  (lengthMs) => {
    const defer = { ...evaluateCommand(testEvaluation(REQUIREMENTS)), deadlineMs: lengthMs }
    expect(() => transition(freshTicket(), defer, T0)).toThrow(/deadlineMs/)
    const allow = { ...evaluateCommand(allowing([])), executionWindowMs: lengthMs }
    expect(() => transition(freshTicket(), allow, T0)).toThrow(/executionWindowMs/)
  },
)

test('an open ticket keeps its deadline, whatever policy says later', () => {
  const evaluation = testEvaluation(REQUIREMENTS, { outstanding: [] })
  const later = { ...evaluateCommand(evaluation), deadlineMs: 100 * DAY }
  expect(after(openTicket(), [[later, NOW]]).deadlineAt).toBe(DEADLINE)
})

test('what is hashed of every event is JSON', () => {
  const ways: [Ticket, Evaluation, number][] = [
    [freshTicket(), testEvaluation(REQUIREMENTS), T0],
    [openTicket(), DENY, NOW],
    [openTicket(), allowing(REQUIREMENTS), NOW],
    [openTicket(), testEvaluation(REQUIREMENTS), DEADLINE],
  ]
  for (const [ticket, evaluation, now] of ways) {
    for (const { actor, body } of events(ticket, evaluation, now)) {
      expect(() => canonical({ actor, body })).not.toThrow()
    }
  }
})
