import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Contract } from '../contract/contract'
import type { Json } from '../contract/json'
import { DAY_MS, HOUR_MS } from '../durations'
import { RELEASE, T0, testEvidence, testFacts, testVote } from '../ticket/test-facts'
import { evaluate } from './evaluate'
import { DEPLOY, decide, READS, SEARCH, testPolicy, testRule } from './test-policy'
import type {
  CompiledPolicy,
  CompiledRule,
  EvaluateInput,
  Facts,
  Requirement,
  Verdict,
} from './types'

const STRICTNESS: Record<Verdict, number> = { ALLOW: 0, DEFER: 1, DENY: 2 }
const CONTEXT_KEYS = ['environment', 'approval_status', 'rollback_plan', 'actor_role', 'emergency']
const SIDE_EFFECTS = ['write', 'delete', 'payment', 'none']
const CONSTRAINTS = [
  'require_approval: true',
  'require_approval: false',
  'mfa_required: true',
  'mfa: passkey',
  'mfa_required: false',
  'rollback_plan_required: true',
  'evidence: test_results',
  'evidence: horoscope',
  'allowed_change_window: office',
  'allowed_change_window: night',
  'allowed_change_window: any',
  'allowed_change_window: nowhere',
  'required_role: admin',
  'allowed_environment: production',
  'allowed_environment: staging',
  'allowed_environment: any',
  'dry-run',
  'max_cost_usd: 5',
  'trust me',
]

const json: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  true,
  false,
  null,
  'production',
  'staging',
  'approved',
  1,
  [],
  {},
)

/** A rule whose condition is any truth table over two claims. */
const claimRule: fc.Arbitrary<CompiledRule> = fc
  .record({
    effect: fc.constantFrom('require' as const, 'deny' as const),
    key: fc.constantFrom(...CONTEXT_KEYS),
    sideEffect: fc.constantFrom(...SIDE_EFFECTS),
    truths: fc.array(fc.constantFrom('yes', 'no', 'fails'), { minLength: 4, maxLength: 4 }),
    requirements: fc.subarray<Requirement>([
      RELEASE,
      { ...RELEASE, tree: { group: 'security', count: 1 } },
      { kind: 'mfa', id: 'mfa', level: 'any' },
    ]),
  })
  .map(({ effect, key, sideEffect, truths, requirements }) =>
    testRule({
      effect,
      requirements: effect === 'deny' ? [] : requirements,
      readsClaims: [`context.${key}`, `side_effects.${sideEffect}`],
      when: ({ claims }) => {
        const row =
          Number(key in claims.context) + 2 * Number(claims.side_effects.includes(sideEffect))
        if (truths[row] === 'fails') throw new Error('fails')
        return truths[row] === 'yes'
      },
    }),
  )

const policy: fc.Arbitrary<CompiledPolicy> = fc
  .record({
    claims: fc.array(claimRule, { maxLength: 2 }),
    base: fc.subarray([
      READS,
      testRule(),
      testRule({ name: 'all', when: () => true, requirements: [] }),
    ]),
  })
  .map(({ claims, base }) => testPolicy({ rules: [...base, ...claims] }))

const contract: fc.Arbitrary<Contract> = fc
  .record({
    base: fc.constantFrom<Contract>(DEPLOY, SEARCH, { goal: 'x', tools: ['mail.send'] }),
    context: fc.dictionary(fc.constantFrom(...CONTEXT_KEYS), json, { maxKeys: 3 }),
    sideEffects: fc.subarray(SIDE_EFFECTS),
    constraints: fc.subarray(CONSTRAINTS, { maxLength: 3 }),
  })
  .map(({ base, context, sideEffects, constraints }) => ({
    ...base,
    context,
    side_effects: sideEffects,
    constraints,
  }))

/** What one more thing said by the agent makes of its contract. */
const claim: fc.Arbitrary<(contract: Contract) => Contract> = fc.oneof(
  fc.tuple(fc.constantFrom(...CONTEXT_KEYS), json).map(([key, value]) => (one: Contract) => ({
    ...one,
    // Said for the first time: another value of a claim already made is another contract, not one more claim.
    context: { [key]: value, ...one.context },
  })),
  fc.constantFrom(...SIDE_EFFECTS).map((name) => (one: Contract) => ({
    ...one,
    side_effects: [...(one.side_effects ?? []), name],
  })),
  fc.constantFrom(...CONSTRAINTS).map((text) => (one: Contract) => ({
    ...one,
    constraints: [...(one.constraints ?? []), text],
  })),
)

/**
 * Votes and evidence as they may be on file: voters reviewed whatever any of the contracts may ever demand, so that
 * nothing but the demands decides.
 */
function factsWith(
  voters: readonly string[],
  hasEvidence: boolean,
  demanded: Requirement[],
): Facts {
  const evidence = hasEvidence
    ? ['rollback_plan', 'test_results'].map((type) => testEvidence({ id: `evd_${type}`, type }))
    : []
  const facts = testFacts({ evidence })
  const votes = voters.map((person) =>
    testVote(facts, demanded, { person, method: 'passkey', at: T0 }),
  )
  return { ...facts, votes }
}

function demandedBy(contracts: readonly Contract[], policies: CompiledPolicy[]): Requirement[] {
  const all = contracts.flatMap((one) => decide({ contract: one, policies }).requirements)
  return all.map(({ requirement }) => requirement)
}

const people = fc.subarray(['mara', 'tomas', 'aiko', 'ben'])

describe('evaluate, for whatever an agent may send', () => {
  it('never gets looser by one more claim, side effect or constraint', () => {
    let allowed = 0
    fc.assert(
      fc.property(
        contract,
        claim,
        policy,
        people,
        fc.boolean(),
        (one, add, drawn, voters, isOnFile) => {
          const more = add(one)
          const policies = [drawn]
          const facts = factsWith(voters, isOnFile, demandedBy([one, more], policies))
          const before = decide({ contract: one, policies, facts })
          const after = decide({ contract: more, policies, facts })
          if (before.verdict === 'ALLOW') allowed++
          expect(STRICTNESS[after.verdict]).toBeGreaterThanOrEqual(STRICTNESS[before.verdict])
        },
      ),
      { numRuns: 1_500 },
    )
    // The property says nothing unless some of the contracts were allowed to begin with.
    expect(allowed).toBeGreaterThan(50)
  })

  it('allows nothing that no rule and no person allowed', () => {
    fc.assert(
      fc.property(contract, (one) => {
        const policies = [testPolicy({ rules: [] })]
        expect(decide({ contract: one, policies }).verdict).not.toBe('ALLOW')
      }),
    )
  })

  it('is never looser by two versions of a policy than by either alone', () => {
    fc.assert(
      fc.property(contract, policy, policy, people, fc.boolean(), (one, a, b, voters, isOnFile) => {
        const later = { ...b, version: 'main@2+00000000' }
        const union = decide({ contract: one, policies: [a, later] })
        const facts = factsWith(
          voters,
          isOnFile,
          [a, b]
            .flatMap((alone) => demandedBy([one], [alone]))
            .concat(union.requirements.map((status) => status.requirement)),
        )
        const both = decide({ contract: one, policies: [a, later], facts })
        for (const alone of [a, b]) {
          const single = decide({ contract: one, policies: [alone], facts })
          expect(STRICTNESS[both.verdict]).toBeGreaterThanOrEqual(STRICTNESS[single.verdict])
        }
      }),
      { numRuns: 800 },
    )
  })
})

describe('evaluate, for whatever it is given', () => {
  it('never throws and never allows, however broken its input is', () => {
    const broken = fc.record({
      contract: fc.anything(),
      facts: fc.anything(),
      policies: fc.anything(),
      now: fc.anything(),
    })
    fc.assert(
      fc.property(fc.oneof(fc.anything(), broken), (input) => {
        const { verdict, policyVersion } = evaluate(input as EvaluateInput)
        expect(verdict).toBe('DEFER')
        expect(typeof policyVersion).toBe('string')
      }),
    )
  })

  it('never throws when one member of the facts is broken, and allows none the better for it', () => {
    const facts = testFacts()
    const member = fc.constantFrom(...Object.keys(facts))
    fc.assert(
      fc.property(member, fc.anything(), (key, value) => {
        const input = {
          contract: DEPLOY,
          facts: { ...facts, [key]: value },
          policies: [testPolicy()],
          now: T0,
        }
        expect(evaluate(input as EvaluateInput).verdict).not.toBe('ALLOW')
      }),
      { numRuns: 800 },
    )
  })

  it('holds a policy of which one member is broken', () => {
    const whole = testPolicy()
    const member = fc.constantFrom('tools', 'rules', 'defaultApproval')
    fc.assert(
      fc.property(member, fc.anything(), (key, value) => {
        const policies = [{ ...whole, [key]: value } as CompiledPolicy]
        expect(decide({ policies }).verdict).not.toBe('ALLOW')
      }),
    )
  })

  it('gives the same answer to the same question', () => {
    fc.assert(
      fc.property(contract, policy, people, (one, drawn, voters) => {
        const facts = factsWith(voters, true, demandedBy([one], [drawn]))
        const input = { contract: one, policies: [drawn], facts, now: T0 + HOUR_MS }
        expect(evaluate(structuredCloneOf(input))).toEqual(evaluate(input))
      }),
    )
  })

  it('says in nextCheckAt when time alone may change the answer: until then it does not', () => {
    fc.assert(
      fc.property(contract, people, fc.nat(), fc.nat(3 * DAY_MS), (one, voters, draw, late) => {
        const facts = factsWith(voters, true, demandedBy([one], [testPolicy()]))
        const now = T0 + late
        const first = decide({ contract: one, facts, now })
        const end = first.nextCheckAt ?? now + 30 * DAY_MS
        expect(end).toBeGreaterThan(now)
        const later = now + (draw % (end - now))
        expect(decide({ contract: one, facts, now: later })).toEqual(first)
      }),
      { numRuns: 500 },
    )
  })
})

/** Predicates cannot be cloned; everything else is. */
function structuredCloneOf(input: EvaluateInput): EvaluateInput {
  const {
    contract: one,
    facts,
    now,
  } = structuredClone({
    contract: input.contract,
    facts: input.facts,
    now: input.now,
  })
  return { contract: one, facts, now, policies: input.policies.map((drawn) => ({ ...drawn })) }
}
