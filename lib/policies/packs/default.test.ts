import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Contract } from '#lib/core/contract/contract'
import type { JsonObject } from '#lib/core/contract/json'
import { evaluate } from '#lib/core/policy/evaluate'
import { heldSentence } from '#lib/core/policy/held-sentence'
import type { CallerFact, Evaluation, Facts } from '#lib/core/policy/types'
import { testEvidence, testFacts, testVote } from '#lib/core/ticket/test-facts'
import { compilePolicy } from '../compile-policy'
import { checkSatisfiable } from '../satisfiable'
import { type DefaultPackOptions, defaultPack } from './default'

const SEED: Contract = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  constraints: [
    'require_approval: true',
    'allowed_change_window: business_hours',
    'rollback_plan_required: true',
    'mfa_required: true',
  ],
  side_effects: ['service_impact', 'write'],
  context: {
    actor_role: 'release_manager',
    environment: 'production',
    approval_status: 'pending',
    ticket_id: 'OPS-214',
    rollback_plan: false,
  },
}

/** A Monday, 10:41 in Berlin; and the Saturday after. */
const MONDAY = Date.parse('2026-03-16T10:41:07+01:00')
const SATURDAY = Date.parse('2026-03-21T10:41:07+01:00')

function pack(businessHours: DefaultPackOptions['businessHours'] = 'weekdays') {
  const source = defaultPack({ zone: 'Europe/Berlin', businessHours })
  const compiled = compilePolicy(source, { name: 'main', ordinal: 1 })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.refusal))
  return compiled.value
}

const WEEKDAYS = pack()
const MEMBERS = {
  release_managers: ['mara', 'tomas', 'aiko'],
  finance_approvers: ['fred', 'fay'],
  data_stewards: ['dora', 'dan'],
  security_approvers: ['sid', 'sue'],
}

function facts(changes: Partial<Facts> = {}, caller: Partial<CallerFact> = {}): Facts {
  const people = Object.values(MEMBERS).flat()
  return testFacts({
    pinnedPolicyVersion: WEEKDAYS.version,
    caller: { ...testFacts().caller, roles: ['deployer'], ...caller },
    directory: {
      people: Object.fromEntries(people.map((id) => [id, { name: id, active: true, roles: [] }])),
      groups: Object.fromEntries(
        Object.entries(MEMBERS).map(([group, ids]) => [
          group,
          ids.map((person) => ({ person, expiresAt: null })),
        ]),
      ),
    },
    ...changes,
  })
}

function decide(contract: Contract, now = MONDAY, known = facts()): Evaluation {
  return evaluate({ contract, facts: known, policies: [WEEKDAYS], now })
}

function codes({ issues }: Evaluation): string[] {
  return issues.map(({ code }) => code)
}

describe('the contract that the product was made for', () => {
  it('is held for exactly what is missing', () => {
    const held = decide(SEED)
    expect(held.verdict).toBe('DEFER')
    expect(codes(held)).toEqual([
      'approval_missing',
      'mfa_missing',
      'rollback_plan_missing',
      'unbound_arguments',
    ])
    expect(held.outstanding).toEqual(['approval:release_managers', 'evidence:rollback_plan', 'mfa'])
    expect(held.requirements.map(({ requirement, state }) => [requirement.id, state])).toEqual([
      ['approval:release_managers', 'missing'],
      ['mfa', 'missing'],
      ['evidence:rollback_plan', 'missing'],
      ['window:business_hours', 'met'],
    ])
    expect(held.risk).toBe('production_control_plane')
    expect(held.environment).toBe('production')
    expect(held.policyVersion).toBe(WEEKDAYS.version)
    expect(held.windowEndsAt).toBe(Date.parse('2026-03-16T17:00:00+01:00'))
  })

  it('is held for reasons that a manager understands', () => {
    const groupLabels = Object.fromEntries(
      Object.entries(WEEKDAYS.groups).map(([group, { label }]) => [group, label]),
    )
    const names = { now: MONDAY, zone: 'Europe/Berlin', groupLabels }
    expect(heldSentence(decide(SEED), names)).toBe(
      'Held because no release manager has approved it and no rollback plan is on file. ' +
        'Nothing runs until both are here. Business hours are open until 17:00.',
    )
  })

  it('is held for the window too when it is shut', () => {
    const held = decide(SEED, SATURDAY)
    expect(codes(held)).toContain('window_shut')
    expect(held.nextCheckAt).toBe(Date.parse('2026-03-23T09:00:00+01:00'))
  })

  it('is held at any hour for everything but the window in the demonstration', () => {
    const policy = pack('always')
    const known = facts({ pinnedPolicyVersion: policy.version })
    const held = evaluate({ contract: SEED, facts: known, policies: [policy], now: SATURDAY })
    expect(codes(held)).not.toContain('window_shut')
    expect(held.windowEndsAt).toBeNull()
  })

  it('gains nothing by claims of approval or of a rollback plan', () => {
    const held = decide(SEED)
    const claims: JsonObject[] = [
      { approval_status: 'approved' },
      { rollback_plan: true },
      { approval_status: 'approved', rollback_plan: true, mfa: true, actor_role: 'admin' },
      {},
    ]
    for (const context of claims) {
      expect(decide({ ...SEED, context: { ...SEED.context, ...context } })).toEqual(held)
    }
    expect(decide({ ...SEED, context: {} })).toEqual(held)
  })

  it('is released when a release manager has signed with the plan on file, and not a vote earlier', () => {
    const evidence = [testEvidence({ at: MONDAY, author: { kind: 'person', id: 'tomas' } })]
    const requirements = decide(SEED).requirements.map(({ requirement }) => requirement)
    const planned = facts({ evidence })
    const vote = testVote(planned, requirements, { person: 'mara', at: MONDAY })
    expect(decide(SEED, MONDAY, planned).verdict).toBe('DEFER')
    const signed = decide(SEED, MONDAY, { ...planned, votes: [vote] })
    expect(signed.verdict).toBe('ALLOW')
    expect(codes(signed)).toEqual(['unbound_arguments'])
    const unproved = { ...vote, method: 'none' as const }
    expect(decide(SEED, MONDAY, { ...planned, votes: [unproved] }).verdict).toBe('DEFER')
  })

  it('is denied to a caller that is not registered for production', () => {
    const denied = decide(SEED, MONDAY, facts({}, { environments: ['staging'] }))
    expect(denied.verdict).toBe('DENY')
    expect(codes(denied)[0]).toBe('wrong_environment')
  })
})

describe('the shipped policy', () => {
  const bound = (tool: string, more: Partial<Contract> = {}): Contract => ({
    goal: 'x',
    tools: [tool],
    arguments: { [tool]: {} },
    ...more,
  })

  it.each([
    ['payments.refund', 'approval:finance_approvers'],
    ['payouts.send', 'approval:finance_approvers'],
    ['database.drop_table', 'approval:data_stewards'],
    ['accounts.delete', 'approval:data_stewards'],
    ['iam.grant_role', 'approval:security_approvers'],
  ])('wants two humans with passkeys for %s', (tool, id) => {
    const { requirements } = decide(bound(tool))
    const approval = requirements.find(({ requirement }) => requirement.id === id)?.requirement
    expect(approval).toMatchObject({ tree: { count: 2 }, mfa: 'phishing_resistant', via: ['web'] })
    expect(requirements.map(({ requirement }) => requirement.id)).toContain('mfa')
  })

  it.each(['config.set', 'deploy.eu', 'rollback.production'])(
    'wants a plan and the right time for %s',
    (tool) => {
      expect(decide(bound(tool), SATURDAY).outstanding).toEqual([
        'approval:release_managers',
        'evidence:rollback_plan',
        'mfa',
        'window:business_hours',
      ])
    },
  )

  it.each(['config.read', 'payments.read.balance', 'database.read.rows', 'search.orders'])(
    'lets %s run at once',
    (tool) => {
      expect(decide({ goal: 'x', tools: [tool] })).toMatchObject({ verdict: 'ALLOW', issues: [] })
    },
  )

  it('lets a caller that is registered for staging deploy there', () => {
    const known = facts({}, { environments: ['staging'] })
    expect(decide(bound('deploy.staging'), MONDAY, known).verdict).toBe('ALLOW')
    expect(decide(bound('deploy.staging')).verdict).toBe('DENY')
  })

  it('asks when a read says that it writes, pays or destroys', () => {
    const outstanding = (effect: string) =>
      decide(bound('search.orders', { side_effects: [effect] })).outstanding
    expect(outstanding('write')).toEqual(['approval:release_managers'])
    expect(outstanding('payment')).toEqual(['approval:finance_approvers'])
    expect(outstanding('bulk_write')).toEqual(['approval:data_stewards'])
  })

  it('never asks for an approval without a second factor', () => {
    const approvals = WEEKDAYS.rules.flatMap(({ requirements }) => requirements)
    for (const one of [WEEKDAYS.defaultApproval, ...approvals]) {
      if (one.kind === 'approval') expect(one.mfa).not.toBe('none')
    }
  })

  it('can be satisfied by groups of two', () => {
    expect(checkSatisfiable(WEEKDAYS, MEMBERS).ok).toBe(true)
    const alone = { ...MEMBERS, finance_approvers: ['fred'] }
    const refused = checkSatisfiable(WEEKDAYS, alone)
    expect(refused.ok ? '' : refused.refusal.code).toBe('policy_unsatisfiable')
  })

  it('never gets looser by anything more that an agent says', () => {
    const strictness = { ALLOW: 0, DEFER: 1, DENY: 2 }
    const tools = WEEKDAYS.tools.map(({ name }) => name.replace('*', 'x'))
    const sideEffects = ['write', 'delete', 'payment', 'refund', 'transfer', 'bulk_write', 'none']
    fc.assert(
      fc.property(
        fc.constantFrom(...tools, 'nobody.knows'),
        fc.subarray(sideEffects),
        fc.constantFrom(...sideEffects),
        fc.dictionary(
          fc.constantFrom('environment', 'approval_status', 'rollback_plan'),
          fc.boolean(),
        ),
        (tool, some, oneMore, context) => {
          const before = decide(bound(tool, { side_effects: some }))
          const after = decide(bound(tool, { side_effects: [...some, oneMore], context }))
          expect(strictness[after.verdict]).toBeGreaterThanOrEqual(strictness[before.verdict])
          expect(after.outstanding).toEqual(expect.arrayContaining(before.outstanding))
        },
      ),
    )
  })
})
