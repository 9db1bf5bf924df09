import { expect, test } from 'vitest'
import { apply } from './apply'
import { eraseEvidence, MAX_ITEMS_PER_AUTHOR } from './evidence-commands'
import {
  after,
  DEADLINE,
  HOUR,
  openTicket,
  PLAN,
  RELEASE,
  RUNTIME,
  releasedTicket,
  T0,
  testEvaluation,
} from './test-facts'
import { transition } from './transition'
import type { Ticket, TicketCommand } from './types'

type Command<Kind extends TicketCommand['kind']> = Extract<TicketCommand, { kind: Kind }>

const NOW = T0 + HOUR
const RITA = { kind: 'person', id: 'rita' } as const

function add(changes: Partial<Command<'add_evidence'>> = {}): Command<'add_evidence'> {
  return {
    kind: 'add_evidence',
    actor: RITA,
    evidenceId: 'evd_1',
    type: 'rollback_plan',
    sha256: 'sha-256:e',
    allowed: true,
    ...changes,
  }
}

function withdraw(actor: Command<'withdraw_evidence'>['actor'] = RITA) {
  return { kind: 'withdraw_evidence', actor, evidenceId: 'evd_1' } as const
}

function reject(changes: Partial<Command<'reject_evidence'>> = {}): Command<'reject_evidence'> {
  return {
    kind: 'reject_evidence',
    actor: { kind: 'person', id: 'mara' },
    evidenceId: 'evd_1',
    reason: 'It names the wrong version.',
    voter: { active: true, groups: ['release'], isRequester: false },
    evaluation: testEvaluation([RELEASE, PLAN]),
    ...changes,
  }
}

function run(ticket: Ticket, command: TicketCommand, now = NOW) {
  const result = transition(ticket, command, now)
  return result.ok ? result.value.map(({ type }) => type) : result.refusal.code
}

const withPlan = () => after(openTicket(), [[add(), NOW]])

test('an item is recorded with its author and hash, and makes an evaluation due', () => {
  const ticket = withPlan()
  expect(ticket.evidence).toEqual([
    {
      id: 'evd_1',
      type: 'rollback_plan',
      sha256: 'sha-256:e',
      author: { kind: 'person', id: 'rita' },
      at: NOW,
      state: 'provided',
    },
  ])
  expect(ticket.inputSeq).toBeGreaterThan(ticket.evaluatedSeq)
})

test('nobody attaches what policy does not take from them, and no timer attaches anything', () => {
  expect(run(openTicket(), add({ allowed: false }))).toBe('evidence_not_allowed')
  expect(run(openTicket(), add({ actor: { kind: 'system' } }))).toBe('evidence_not_allowed')
})

test('the same item twice is one item', () => {
  expect(run(withPlan(), add())).toEqual([])
})

test('one author cannot fill a ticket up, nor crowd out another', () => {
  const items = Array.from({ length: MAX_ITEMS_PER_AUTHOR }, (_, index) => {
    const step: [TicketCommand, number] = [add({ actor: RUNTIME, evidenceId: `evd_${index}` }), NOW]
    return step
  })
  const full = after(openTicket(), items)
  expect(run(full, add({ actor: RUNTIME, evidenceId: 'evd_more' }))).toBe('evidence_invalid')
  expect(run(full, add({ evidenceId: 'evd_more' }))).toEqual(['evidence.added'])
})

test('only its author withdraws an item; doing it twice changes nothing', () => {
  expect(run(withPlan(), withdraw({ kind: 'person', id: 'mara' }))).toBe('forbidden')
  expect(run(withPlan(), withdraw({ kind: 'caller', id: 'rita', keyId: 'key_1' }))).toBe(
    'forbidden',
  )
  expect(run(withPlan(), withdraw({ kind: 'system' }))).toBe('forbidden')
  const withdrawn = after(withPlan(), [[withdraw(), NOW]])
  expect(withdrawn.evidence).toMatchObject([{ state: 'withdrawn' }])
  expect(run(withdrawn, withdraw())).toEqual([])
})

test('an eligible approver rejects an item, with a reason; doing it twice changes nothing', () => {
  expect(run(withPlan(), reject({ reason: '  ' }))).toBe('invalid_body')
  const rejected = after(withPlan(), [[reject(), NOW]])
  expect(rejected.evidence).toMatchObject([{ state: 'rejected' }])
  expect(run(rejected, reject())).toEqual([])
})

test('nobody but an eligible approver rejects an item', () => {
  const outside = { active: true, groups: ['security'], isRequester: false }
  const behind = { active: true, groups: ['release'], isRequester: true }
  expect(run(withPlan(), reject({ voter: outside }))).toBe('not_eligible')
  expect(run(withPlan(), reject({ voter: behind }))).toBe('own_request')
})

test('an item that is not on the ticket cannot be withdrawn or rejected', () => {
  expect(run(openTicket(), withdraw())).toBe('not_found')
  expect(run(openTicket(), reject())).toBe('not_found')
})

test('a withdrawn item stays withdrawn and a rejected one rejected', () => {
  const withdrawn = after(withPlan(), [[withdraw(), NOW]])
  expect(run(withdrawn, reject())).toBe('already_decided')
  const rejected = after(withPlan(), [[reject(), NOW]])
  expect(run(rejected, withdraw())).toBe('already_decided')
})

test('from the deadline on evidence is neither taken nor taken back', () => {
  expect(run(withPlan(), add({ evidenceId: 'evd_2' }), DEADLINE - 1)).toEqual(['evidence.added'])
  expect(run(withPlan(), add({ evidenceId: 'evd_2' }), DEADLINE)).toBe('ticket_expired')
  expect(run(withPlan(), withdraw(), DEADLINE)).toBe('ticket_expired')
  expect(run(withPlan(), reject(), DEADLINE)).toBe('ticket_expired')
})

function erase(ticket: Ticket, evidenceId = 'evd_1', reason = 'It held a password') {
  const result = eraseEvidence(ticket, { evidenceId, reason })
  if (!result.ok) return result.refusal.code
  return result.value.reduce((held, event) => apply(held, event, NOW), ticket)
}

test('an erased item counts for nothing while the request is held, and an evaluation is due', () => {
  const before = withPlan()
  const erased = erase(before)
  expect(erased).toMatchObject({
    evidence: [{ id: 'evd_1', sha256: 'sha-256:e', state: 'withdrawn' }],
    inputSeq: before.inputSeq + 1,
  })
})

test('erasing changes nothing that was decided on the item', () => {
  const item = { id: 'evd_1', type: 'rollback_plan', sha256: 'sha-256:e', at: NOW } as const
  const author = { kind: 'person', id: 'rita' } as const
  const released: Ticket = {
    ...releasedTicket(),
    evidence: [{ ...item, author, state: 'provided' }],
  }
  expect(erase(released)).toEqual(released)
  const rejected = after(withPlan(), [[reject(), NOW]])
  expect(erase(rejected)).toEqual(rejected)
})

test('an item is erased with a reason, and only where it is', () => {
  expect(erase(withPlan(), 'evd_1', ' ')).toBe('invalid_body')
  expect(erase(openTicket())).toBe('not_found')
})
