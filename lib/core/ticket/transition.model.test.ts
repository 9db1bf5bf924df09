import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical } from '../contract/canonical'
import type { Evaluation, Facts, Requirement } from '../policy/types'
import { apply } from './apply'
import type { TicketEvent } from './events'
import { legality } from './legal'
import { buildReview, reviewDigest } from './review'
import { settle } from './settle'
import {
  allowing,
  DEADLINE,
  evaluateCommand,
  freshTicket,
  HOUR,
  openTicket,
  PLAN,
  RELEASE,
  RUNTIME,
  redeemCommand,
  releasedTicket,
  T0,
  testEvaluation,
  testFacts,
  voteCommand,
} from './test-facts'
import { transition } from './transition'
import type { GrantState, Ticket, TicketCommand, TicketState } from './types'

type Step = { waitMs: number; command: (now: number, index: number) => TicketCommand }

const PERSONS = ['mara', 'tomas', 'ben', 'olga'].map((id) => ({ kind: 'person', id }) as const)
const SYSTEM = { kind: 'system' } as const
const person = fc.constantFrom(...PERSONS)
const actor = fc.constantFrom(...PERSONS, RUNTIME, SYSTEM)
const evidenceId = fc.constantFrom('evd_1', 'evd_2', 'evd_3')
const jti = fc.constantFrom('jti_1', 'jti_2')
const nonceHash = fc.constantFrom('nonce_1', 'nonce_2')
const voter = fc.record({
  active: fc.boolean(),
  groups: fc.constantFrom<string[]>(['release'], ['security'], []),
  isRequester: fc.boolean(),
})
const reason = fc.constantFrom(null, 'other' as const)
const evaluation = fc.constantFrom(
  testEvaluation([RELEASE, PLAN]),
  testEvaluation([RELEASE, PLAN], { outstanding: [PLAN.id] }),
  testEvaluation([RELEASE], { verdict: 'DENY' }),
  allowing([RELEASE, PLAN]),
)
const refusal = fc.constantFrom(
  null,
  null,
  { code: 'window_closed', disposition: 'retry' as const },
  { code: 'digest_mismatch', disposition: 'burn' as const },
  { code: 'audience_mismatch', disposition: 'leave' as const },
)

/** Commands from everywhere: entitled or not, in any order, with any evaluation. */
const anyCommand: fc.Arbitrary<Step['command']> = fc.oneof(
  fc
    .record({
      actor: person,
      voter,
      reason,
      choice: fc.constantFrom<'approve' | 'reject'>('approve', 'approve', 'reject'),
    })
    .map((one) => (_now: number, index: number) => voteCommand({ ...one, voteId: `vot_${index}` })),
  person.map((one) => () => ({ kind: 'withdraw_vote', actor: one }) as const),
  fc.record({ actor, evidenceId, allowed: fc.boolean() }).map((one) => () => ({
    kind: 'add_evidence' as const,
    type: 'rollback_plan',
    sha256: 'sha-256:e',
    ...one,
  })),
  fc
    .record({ actor, evidenceId })
    .map((one) => () => ({ kind: 'withdraw_evidence', ...one }) as const),
  fc.record({ actor: person, evidenceId, voter }).map((one) => () => ({
    kind: 'reject_evidence' as const,
    reason: 'no',
    evaluation: testEvaluation([RELEASE, PLAN]),
    ...one,
  })),
  evaluation.map((one) => () => evaluateCommand(one)),
  fc
    .record({ actor, mayCancel: fc.boolean() })
    .map((one) => () => ({ kind: 'cancel', reason: null, ...one }) as const),
  actor.map((one) => () => ({ kind: 'supersede', actor: one, bySuccessor: 'req_2' }) as const),
  jti.map(
    (one) => (now: number) =>
      ({ kind: 'collect', actor: RUNTIME, jti: one, tokenExpiresAt: now + 5_000 }) as const,
  ),
  fc.record({ jti, nonceHash, refusal }).map((one) => () => redeemCommand(one)),
  fc
    .constantFrom('succeeded' as const, 'failed' as const, 'unknown' as const)
    .map((outcome) => () => ({ kind: 'report', actor: RUNTIME, outcome, detail: null }) as const),
  fc
    .record({ actor, mayRevoke: fc.boolean() })
    .map((one) => () => ({ kind: 'revoke', reason: null, ...one }) as const),
  fc.constant(() => ({ kind: 'lapse', actor: SYSTEM }) as const),
)

const wait = fc.oneof(
  { weight: 15, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 8 * HOUR }) },
)

/** The likely path is put in more often, or few runs would ever get past a release. */
const likely: fc.Arbitrary<Step['command']> = fc.constantFrom<Step['command']>(
  () => evaluateCommand(allowing([RELEASE, PLAN])),
  (now) => ({ kind: 'collect', actor: RUNTIME, jti: 'jti_1', tokenExpiresAt: now + 5_000 }),
  () => redeemCommand({ nonceHash: 'nonce_1' }),
  () => redeemCommand({ nonceHash: 'nonce_1' }),
  () => ({ kind: 'report', actor: RUNTIME, outcome: 'unknown', detail: null }),
)

function stepsWith(likelyWeight: number): fc.Arbitrary<Step[]> {
  const command = fc.oneof(
    { weight: 1, arbitrary: anyCommand },
    { weight: likelyWeight, arbitrary: likely },
  )
  return fc.array(fc.record({ waitMs: wait, command }), { maxLength: 40, size: 'max' })
}

const steps = fc.oneof(stepsWith(0), stepsWith(1), stepsWith(8))

/** Where a state may go in one command. Written down apart from the code under test. */
const TICKET_MOVES: Record<TicketState, TicketState[]> = {
  open: ['open', 'released', 'rejected', 'denied', 'expired', 'cancelled', 'superseded'],
  released: ['released'],
  rejected: ['rejected'],
  denied: ['denied'],
  expired: ['expired'],
  cancelled: ['cancelled'],
  superseded: ['superseded'],
}
const GRANT_MOVES: Record<GrantState, GrantState[]> = {
  ready: ['ready', 'collected', 'revoked', 'lapsed'],
  collected: ['collected', 'redeemed', 'revoked', 'lapsed', 'burnt'],
  redeemed: ['redeemed', 'reported'],
  reported: ['reported'],
  lapsed: ['lapsed'],
  revoked: ['revoked'],
  burnt: ['burnt'],
}

type Move = {
  before: Ticket
  after: Ticket
  command: TicketCommand
  now: number
  events: TicketEvent[]
}

function play(from: Ticket, all: readonly Step[]): Move[] {
  let ticket = from
  let now = T0
  return all.map(({ waitMs, command: make }, index) => {
    now += waitMs
    const before = ticket
    const command = make(now, index)
    const result = run(before, command, now)
    ticket = result.reduce((held, event) => apply(held, event, now), before)
    return { before, after: ticket, command, now, events: result }
  })
}

/** Events, or none when it was refused. A token that would outlive its grant is this generator's fault and skipped. */
function run(ticket: Ticket, command: TicketCommand, now: number): TicketEvent[] {
  const frozen = deepFreeze(ticket)
  if (command.kind === 'collect' && command.tokenExpiresAt > (frozen.grant?.endsAt ?? 0)) return []
  const result = transition(frozen, command, now)
  const legal = legality(frozen, command.kind)
  if (!legal.ok) expect(result).toEqual(legal)
  return result.ok ? result.value : []
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}

function eachRun(check: (moves: Move[], log: TicketEvent[]) => void): void {
  const start = fc.constantFrom(freshTicket(), openTicket(), releasedTicket(T0))
  fc.assert(
    fc.property(start, steps, (from, all) => {
      const moves = play(from, all)
      check(
        moves,
        moves.flatMap(({ events }) => events),
      )
    }),
    { numRuns: 500 },
  )
}

const TERMINAL = new Set([
  'request.released',
  'request.rejected',
  'request.denied',
  'request.expired',
  'request.cancelled',
  'request.superseded',
])

describe('whatever is commanded, in whatever order', () => {
  test('a ticket ends once, and only along the arrows', () => {
    eachRun((moves, log) => {
      expect(log.filter(({ type }) => TERMINAL.has(type)).length).toBeLessThanOrEqual(1)
      for (const { before, after } of moves) {
        expect(TICKET_MOVES[before.state]).toContain(after.state)
        if (before.grant === null) continue
        expect(GRANT_MOVES[before.grant.state]).toContain(after.grant?.state)
      }
    })
  })

  test('there is at most one grant and at most one redemption', () => {
    let redemptions = 0
    eachRun((_, log) => {
      const count = (type: TicketEvent['type']) => log.filter((event) => event.type === type).length
      expect(count('grant.created')).toBeLessThanOrEqual(1)
      expect(count('grant.redeemed')).toBeLessThanOrEqual(1)
      expect(count('grant.created')).toBe(count('request.released'))
      redemptions += count('grant.redeemed')
    })
    // The property says nothing if no run ever gets there.
    expect(redemptions).toBeGreaterThan(20)
  })

  test('a redemption follows a collection of its token and no revocation, lapse or burn', () => {
    eachRun((_, log) => {
      const at = log.findIndex(({ type }) => type === 'grant.redeemed')
      if (at === -1) return
      const redeemed = log[at]
      const earlier = log.slice(0, at)
      const collected = earlier.findLast((event) => event.type === 'grant.collected')
      expect(collected?.body).toMatchObject({
        jti: redeemed?.type === 'grant.redeemed' ? redeemed.body.jti : '',
      })
      const endings = new Set(['grant.revoked', 'grant.lapsed', 'grant.burnt'])
      expect(log.some(({ type }) => endings.has(type))).toBe(false)
    })
  })

  test('once a ticket has ended, nothing of it changes but its grant', () => {
    eachRun((moves) => {
      for (const { before, after } of moves) {
        if (before.state !== 'open')
          expect({ ...after, grant: null }).toEqual({ ...before, grant: null })
      }
    })
  })

  test('an expiry never names a human, and comes only past the deadline', () => {
    eachRun((moves) => {
      for (const { before, events, now } of moves) {
        const expired = events.find(({ type }) => type === 'request.expired')
        if (expired === undefined) continue
        expect(expired.actor).toEqual(SYSTEM)
        expect(now).toBeGreaterThanOrEqual(before.deadlineAt ?? Number.POSITIVE_INFINITY)
        expect(JSON.stringify(expired)).not.toMatch(/mara|tomas|ben|olga/)
      }
    })
  })

  test('one human has at most one live vote', () => {
    eachRun((moves) => {
      for (const { after } of moves) {
        const people = after.votes.map(({ person }) => person)
        expect(new Set(people).size).toBe(people.length)
      }
    })
  })

  test('the same command again says that it was done already, or is refused', () => {
    eachRun((moves) => {
      for (const { after, command, now, events } of moves) {
        const isRefusalOnRecord = events.some(({ type }) => type === 'redeem.refused')
        if (!isRefusalOnRecord) expect(run(after, command, now)).toEqual([])
      }
    })
  })

  test('decisions are numbered without gaps, and inputs only count up', () => {
    eachRun((moves, log) => {
      const ordinals = log.flatMap((event) =>
        event.type === 'decision.made' ? [event.body.ordinal] : [],
      )
      const first = moves[0]?.before.decisionOrdinal ?? 0
      expect(ordinals).toEqual(ordinals.map((_, index) => first + 1 + index))
      for (const { before, after } of moves) {
        expect(after.inputSeq).toBeGreaterThanOrEqual(before.inputSeq)
        expect(after.evaluatedSeq).toBeLessThanOrEqual(after.inputSeq)
      }
    })
  })

  test('what is hashed of every event is JSON without nonces', () => {
    eachRun((_, log) => {
      for (const { type, actor, body } of log) {
        expect(canonical({ type, actor, body })).not.toMatch(/nonce_/)
      }
    })
  })
})

/* From here on the evaluations are true: people vote on what they are shown, and settle says what it is worth. */

const REQUIREMENTS: Requirement[] = [RELEASE, { kind: 'mfa', id: 'mfa', level: 'any' }, PLAN]

type Deed = 'approve' | 'withdraw_vote' | 'add_plan' | 'withdraw_plan' | 'evaluate' | 'leave_group'
type Move2 = { waitMs: number; deed: Deed; who: (typeof PERSONS)[number] }

const deeds: fc.Arbitrary<Move2[]> = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 0, max: 3 * HOUR }),
    deed: fc.constantFrom<Deed>(
      'approve',
      'approve',
      'withdraw_vote',
      'add_plan',
      'add_plan',
      'withdraw_plan',
      'evaluate',
      'evaluate',
      'leave_group',
    ),
    who: person,
  }),
  { maxLength: 20, size: 'max' },
)

type World = { ticket: Ticket; facts: Facts; now: number; log: TicketEvent[] }

function truth({ ticket, facts }: World, at: number): Evaluation {
  const now = { ...facts, votes: ticket.votes, evidence: ticket.evidence }
  const settled = settle(REQUIREMENTS, now, at)
  const outstanding = settled.statuses.flatMap(({ requirement, state }) =>
    state === 'met' ? [] : [requirement.id],
  )
  return testEvaluation(REQUIREMENTS, {
    verdict: outstanding.length === 0 ? 'ALLOW' : 'DEFER',
    requirements: settled.statuses,
    outstanding: outstanding.sort(),
    countedVotes: settled.countedVotes,
    voidVotes: settled.voidVotes,
  })
}

function commandFor(world: World, { deed, who }: Move2): TicketCommand {
  const { ticket, facts, now, log } = world
  switch (deed) {
    case 'approve': {
      const evaluated = truth(world, now)
      const shown = { ...facts, votes: ticket.votes, evidence: ticket.evidence }
      const review = buildReview(shown, evaluated)
      const members = facts.directory.groups['release'] ?? []
      return voteCommand({
        actor: who,
        voteId: `vot_${log.length}`,
        evaluation: evaluated,
        review,
        reviewDigest: reviewDigest(review),
        voter: {
          active: true,
          groups: members.some((member) => member.person === who.id) ? ['release'] : [],
          isRequester: who.id === 'olga',
        },
      })
    }
    case 'add_plan':
      return {
        kind: 'add_evidence',
        actor: who,
        evidenceId: `evd_${log.length}`,
        type: 'rollback_plan',
        sha256: `sha-256:${log.length}`,
        allowed: true,
      }
    case 'withdraw_plan': {
      const id = ticket.evidence.findLast(({ state }) => state === 'provided')?.id ?? 'none'
      const author = ticket.evidence.find((item) => item.id === id)?.author.id ?? who.id
      return { kind: 'withdraw_evidence', actor: { kind: 'person', id: author }, evidenceId: id }
    }
    case 'withdraw_vote':
      return { kind: 'withdraw_vote', actor: who }
    default:
      return evaluateCommand(truth(world, Math.min(now, DEADLINE)))
  }
}

function live(all: readonly Move2[]): World[] {
  let world: World = { ticket: openTicket(REQUIREMENTS), facts: testFacts(), now: T0, log: [] }
  return all.map((move) => {
    world = { ...world, now: world.now + move.waitMs }
    if (move.deed === 'leave_group') {
      const left = (world.facts.directory.groups['release'] ?? []).filter(
        (member) => member.person !== move.who.id,
      )
      const directory = { ...world.facts.directory, groups: { release: left } }
      world = { ...world, facts: { ...world.facts, directory } }
    } else {
      const events = run(world.ticket, commandFor(world, move), world.now)
      const ticket = events.reduce((held, event) => apply(held, event, world.now), world.ticket)
      world = { ...world, ticket, log: [...world.log, ...events] }
    }
    return world
  })
}

describe('with true evaluations', () => {
  test('nothing is released until an eligible human has approved having reviewed the plan on file', () => {
    let releases = 0
    fc.assert(
      fc.property(deeds, (all) => {
        const worlds = live(all)
        const at = worlds.findIndex(({ ticket }) => ticket.state === 'released')
        const world = worlds[at]
        if (world === undefined) return
        releases += 1
        const { ticket, facts } = world
        const plans = ticket.evidence.filter(({ state }) => state === 'provided')
        const members = (facts.directory.groups['release'] ?? []).map((member) => member.person)
        const good = ticket.votes.filter(
          (one) =>
            one.choice === 'approve' &&
            one.person !== 'olga' &&
            members.includes(one.person) &&
            one.at < DEADLINE &&
            plans.some((plan) =>
              one.reviewed.evidence.some(
                ({ id, sha256 }) => id === plan.id && sha256 === plan.sha256,
              ),
            ),
        )
        expect(good.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
    // The property says nothing if no run ever gets there.
    expect(releases).toBeGreaterThan(20)
  })

  test('past the deadline every evaluation, however late, ends the ticket the same way', () => {
    fc.assert(
      fc.property(deeds, fc.integer({ min: 0, max: 100 * HOUR }), (all, lateMs) => {
        const world = live(all.filter(({ deed }) => deed !== 'evaluate')).at(-1)
        if (world === undefined || world.ticket.state !== 'open') return
        const ending = (now: number) =>
          run(world.ticket, evaluateCommand(truth(world, Math.min(now, DEADLINE))), now).map(
            ({ type }) => type,
          )
        expect(ending(DEADLINE + lateMs)).toEqual(ending(DEADLINE))
        expect(ending(DEADLINE).some((type) => TERMINAL.has(type))).toBe(true)
      }),
    )
  })
})
