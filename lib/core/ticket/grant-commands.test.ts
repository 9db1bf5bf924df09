import { expect, test } from 'vitest'
import { REPLAY_MS } from './redeem-command'
import {
  after,
  collectCommand,
  HOUR,
  openTicket,
  RUNTIME,
  redeemCommand,
  releasedTicket,
  T0,
} from './test-facts'
import { transition } from './transition'
import type { Outcome, Ticket, TicketCommand } from './types'

const AT = T0 + HOUR
const ENDS = AT + 4 * HOUR
const EXPIRES = AT + 300_000
const ADMIN = { kind: 'person', id: 'ada' } as const

const collected = () => after(releasedTicket(), [[collectCommand(AT), AT]])
const redeemed = () => after(collected(), [[redeemCommand(), AT + 1]])
const reported = (outcome: Outcome) => after(redeemed(), [[report(outcome), AT + 2]])

function report(outcome: Outcome) {
  return { kind: 'report', actor: RUNTIME, outcome, detail: 'as told by the runtime' } as const
}

function revoke(mayRevoke = true) {
  return { kind: 'revoke', actor: ADMIN, mayRevoke, reason: 'wrong release' } as const
}

const LAPSE = { kind: 'lapse', actor: { kind: 'system' } } as const
const SUPERSEDE = { kind: 'supersede', actor: RUNTIME, bySuccessor: 'req_2' } as const

function run(ticket: Ticket, command: TicketCommand, now = AT) {
  const result = transition(ticket, command, now)
  return result.ok ? result.value.map(({ type }) => type) : result.refusal.code
}

test('nothing is collected from a ticket that was not released', () => {
  expect(run(openTicket(), collectCommand(AT))).toBe('not_ready')
})

test('until it expires every collect gives the same token; then a new one replaces it', () => {
  expect(collected().grant).toMatchObject({
    state: 'collected',
    jti: 'jti_1',
    tokenExpiresAt: EXPIRES,
    collectedAt: AT,
  })
  expect(run(collected(), collectCommand(AT, 'jti_2'), EXPIRES - 1)).toEqual([])
  const again = after(collected(), [[collectCommand(EXPIRES, 'jti_2'), EXPIRES]])
  expect(again.grant).toMatchObject({ jti: 'jti_2', tokenExpiresAt: EXPIRES + 300_000 })
})

test('a token never outlives its grant and is never handed out expired', () => {
  const late = { ...collectCommand(AT), tokenExpiresAt: ENDS + 1 }
  expect(() => run(releasedTicket(), late)).toThrow(RangeError)
  expect(run(releasedTicket(), { ...late, tokenExpiresAt: AT })).toBe('window_closed')
})

test('past the execution window nothing is collected or redeemed, though no timer has fired', () => {
  expect(run(releasedTicket(), collectCommand(ENDS), ENDS)).toBe('grant_lapsed')
  const longToken = { ...collectCommand(AT), tokenExpiresAt: ENDS }
  const ticket = after(releasedTicket(), [[longToken, AT]])
  expect(run(ticket, redeemCommand(), ENDS - 1)).toEqual(['grant.redeemed'])
  expect(run(ticket, redeemCommand(), ENDS)).toBe('grant_lapsed')
})

test('a token is redeemed once', () => {
  expect(redeemed().grant).toMatchObject({
    state: 'redeemed',
    redeemedAt: AT + 1,
    redeemedByKeyId: 'key_runtime',
  })
  expect(run(redeemed(), redeemCommand({ nonceHash: 'm'.repeat(64) }), AT + 2)).toBe(
    'already_redeemed',
  )
})

test('the runtime that redeemed may hear its ok again for a minute, and nobody else', () => {
  expect(run(redeemed(), redeemCommand(), AT + REPLAY_MS)).toEqual([])
  expect(run(redeemed(), redeemCommand(), AT + 1 + REPLAY_MS)).toBe('already_redeemed')
  const otherKey = { ...RUNTIME, keyId: 'key_other' }
  expect(run(redeemed(), redeemCommand({ actor: otherKey }))).toBe('already_redeemed')
  expect(run(redeemed(), redeemCommand({ jti: 'jti_2' }))).toBe('already_redeemed')
  expect(run(reported('unknown'), redeemCommand())).toBe('already_redeemed')
})

test('a replay that does not pass the checks is no ok', () => {
  const refusal = { code: 'digest_mismatch', disposition: 'burn' } as const
  expect(run(redeemed(), redeemCommand({ refusal }))).toBe('already_redeemed')
})

test.each(['retry', 'leave'] as const)(
  'a refusal that says %s is recorded and keeps the grant',
  (disposition) => {
    const refusal = { code: 'window_closed', disposition }
    expect(run(collected(), redeemCommand({ refusal }))).toEqual(['redeem.refused'])
    expect(after(collected(), [[redeemCommand({ refusal }), AT]])).toEqual(collected())
  },
)

test('a refusal that says burn ends the grant', () => {
  const refusal = { code: 'policy_tightened', disposition: 'burn' } as const
  const burnt = after(collected(), [[redeemCommand({ refusal }), AT]])
  expect(burnt.grant?.state).toBe('burnt')
  expect(run(burnt, redeemCommand())).toBe('grant_burnt')
  expect(run(burnt, collectCommand(EXPIRES), EXPIRES)).toBe('grant_burnt')
})

test('a token that was replaced, or has expired, redeems nothing and burns nothing', () => {
  const refusal = { code: 'digest_mismatch', disposition: 'burn' } as const
  for (const one of [null, refusal]) {
    expect(run(collected(), redeemCommand({ jti: 'jti_0', refusal: one }))).toBe('token_replaced')
    expect(run(collected(), redeemCommand({ refusal: one }), EXPIRES)).toBe('expired')
  }
})

test('a token of a grant that was never collected is unknown', () => {
  expect(run(releasedTicket(), redeemCommand())).toBe('unknown')
})

test('an outcome is reported after a redemption only, and is then final', () => {
  expect(run(collected(), report('succeeded'))).toBe('not_ready')
  expect(reported('succeeded').grant).toMatchObject({ state: 'reported', outcome: 'succeeded' })
  expect(run(reported('succeeded'), report('succeeded'))).toEqual([])
  expect(run(reported('succeeded'), report('failed'))).toBe('already_decided')
  expect(run(reported('succeeded'), report('unknown'))).toBe('already_decided')
})

test('an unknown outcome may become known later', () => {
  expect(run(reported('unknown'), report('rolled_back'))).toEqual(['grant.reported'])
  const known = after(reported('unknown'), [[report('rolled_back'), AT + 3]])
  expect(known.grant).toMatchObject({ outcome: 'rolled_back', reportedAt: AT + 3 })
  expect(run(known, report('succeeded'))).toBe('already_decided')
})

test('what a runtime says in its own words is not part of what is hashed', () => {
  const result = transition(redeemed(), report('failed'), AT + 2)
  if (!result.ok) throw new Error(result.refusal.code)
  expect(JSON.stringify(result.value.map(({ body }) => body))).not.toMatch(/as told/)
})

test('an unredeemed grant can be revoked, by those who may', () => {
  for (const ticket of [releasedTicket(), collected()]) {
    expect(run(ticket, revoke(false))).toBe('forbidden')
    const revoked = after(ticket, [[revoke(), AT]])
    expect(revoked).toMatchObject({ state: 'released', grant: { state: 'revoked' } })
    expect(run(revoked, redeemCommand())).toBe('grant_revoked')
    expect(run(revoked, collectCommand(AT))).toBe('grant_revoked')
  }
  expect(run(redeemed(), revoke())).toBe('already_redeemed')
})

test('a grant lapses at its end, not before', () => {
  expect(run(collected(), LAPSE, ENDS - 1)).toEqual([])
  const lapsed = after(collected(), [[LAPSE, ENDS]])
  expect(lapsed.grant?.state).toBe('lapsed')
  expect(run(lapsed, redeemCommand(), ENDS)).toBe('grant_lapsed')
  expect(run(redeemed(), LAPSE, ENDS)).toBe('already_redeemed')
})

test('a newer request ends an open ticket, or revokes an unredeemed grant', () => {
  expect(after(openTicket(), [[SUPERSEDE, AT]]).state).toBe('superseded')
  for (const ticket of [releasedTicket(), collected()]) {
    expect(after(ticket, [[SUPERSEDE, AT]])).toMatchObject({
      state: 'released',
      grant: { state: 'revoked' },
    })
  }
  expect(run(redeemed(), SUPERSEDE)).toBe('ticket_closed')
})

test('an open ticket is cancelled by those who may, even past its deadline', () => {
  const cancel = (mayCancel: boolean) =>
    ({ kind: 'cancel', actor: RUNTIME, mayCancel, reason: null }) as const
  expect(run(openTicket(), cancel(false))).toBe('forbidden')
  expect(run(openTicket(), cancel(true), T0 + 48 * HOUR)).toEqual(['request.cancelled'])
  expect(run(releasedTicket(), cancel(true))).toBe('ticket_closed')
})

test('a redemption is recorded with what was checked; an older one without reads as it is', () => {
  const checks = {
    policies: ['main@1+0'],
    contract_digest: 'sha-256:0',
    bound_tools: 0,
    voters: ['prs_1'],
    evidence: [],
    windows: [],
    preconditions: 0,
    obligations: [],
    decision_points: [],
    environment: null,
    audience: 'runner',
    generation: 1,
  }
  const done = transition(collected(), { ...redeemCommand(), checks }, AT + 1)
  expect(done.ok && done.value[0]?.body).toMatchObject({ checks })
  const plain = transition(collected(), redeemCommand(), AT + 1)
  expect(plain.ok && plain.value[0]?.body).not.toHaveProperty('checks')
})
