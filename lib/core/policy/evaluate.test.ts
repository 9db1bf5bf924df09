import { describe, expect, it } from 'vitest'
import type { Contract } from '../contract/contract'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations'
import { RELEASE, T0, testEvidence, testFacts, testVote } from '../ticket/test-facts'
import { codes, DEPLOY, decide, READS, SEARCH, testPolicy, testRule, WINDOW } from './test-policy'
import type { CallerFact, CompiledPolicy, RemoteFact } from './types'

function deploy(changes: Partial<Contract> = {}): Contract {
  return { ...DEPLOY, ...changes }
}

function withCaller(changes: Partial<CallerFact>) {
  return testFacts({ caller: { ...testFacts().caller, ...changes } })
}

/** The plan on file, and Mara's approval of everything there is. */
function satisfied(policies: CompiledPolicy[] = [testPolicy()], contract = DEPLOY) {
  const facts = testFacts({ evidence: [testEvidence()] })
  const { requirements } = decide({ facts, policies, contract })
  const vote = testVote(
    facts,
    requirements.map(({ requirement }) => requirement),
  )
  return { ...facts, votes: [vote] }
}

describe('evaluate', () => {
  it('holds what a rule demands until people have given it', () => {
    const held = decide()
    expect(held.verdict).toBe('DEFER')
    expect(held.outstanding).toEqual(['approval:release', 'evidence:rollback_plan'])
    expect(codes(held)).toEqual(['approval_missing', 'rollback_plan_missing'])
    expect(held.issues.map(({ requirement }) => requirement)).toEqual(held.outstanding)
  })

  it('allows once everything is there, and then no issue is left', () => {
    const released = decide({ facts: satisfied() })
    expect(released.verdict).toBe('ALLOW')
    expect(released.issues).toEqual([])
    expect(released.outstanding).toEqual([])
    expect(released.countedVotes).toEqual(['vot_mara'])
    expect(released.environment).toBe('production')
    expect(released.risk).toBe('production_control_plane')
  })

  it('allows a read at once when a rule says so', () => {
    expect(decide({ contract: SEARCH })).toMatchObject({ verdict: 'ALLOW', issues: [] })
  })

  it('asks for a confirmation when the plan came after the vote', () => {
    const before = testFacts()
    const requirements = decide({ facts: before }).requirements.map((one) => one.requirement)
    const vote = testVote(before, requirements)
    const late = decide({ facts: { ...before, votes: [vote], evidence: [testEvidence()] } })
    expect(late.verdict).toBe('DEFER')
    expect(codes(late)).toEqual(['rollback_plan_to_confirm'])
  })

  it('lists requirements by kind, whatever order the rules have', () => {
    const rules = testPolicy().rules
    const one = decide({ policies: [testPolicy({ rules })] })
    const other = decide({ policies: [testPolicy({ rules: [...rules].reverse() })] })
    expect(other).toEqual(one)
    expect(one.requirements.map(({ requirement }) => requirement.kind)).toEqual([
      'approval',
      'evidence',
      'change_window',
    ])
  })

  it('changes nothing of what it is given', () => {
    const contract = deploy({ constraints: ['mfa_required', 'timeout: 5m'], context: { a: 1 } })
    const facts = satisfied()
    const before = structuredClone({ contract, facts })
    decide({ contract, facts })
    expect({ contract, facts }).toEqual(before)
  })
})

describe('tools', () => {
  it('denies a tool of an environment that the caller is not registered for', () => {
    const denied = decide({ contract: deploy({ tools: ['deploy.eu'] }) })
    expect(denied.verdict).toBe('DENY')
    expect(denied.issues[0]).toMatchObject({ code: 'wrong_environment', path: '/tools/0' })
  })

  it('denies a contract that acts on two environments, since one token cannot be for both', () => {
    const facts = withCaller({ environments: ['production', 'staging'] })
    const both = decide({ contract: deploy({ tools: ['deploy.production', 'deploy.eu'] }), facts })
    expect(both.verdict).toBe('DENY')
    expect(codes(both)).toContain('environment_conflict')
    expect(both.environment).toBeNull()
  })

  it('asks a person about a tool that the policy does not know', () => {
    const unknown = decide({ contract: { goal: 'x', tools: ['launch.rocket'], arguments: {} } })
    expect(unknown.verdict).toBe('DEFER')
    expect(unknown.risk).toBe('unknown')
    expect(unknown.outstanding).toEqual(['approval:release'])
    expect(codes(unknown)).toEqual(['approval_missing', 'unknown_tool', 'unbound_arguments'])
  })

  it('asks a person where no rule allows, even if a rule without conditions allows everything it knows', () => {
    const anything = testRule({ name: 'all', when: () => true, requirements: [] })
    const policies = [testPolicy({ rules: [anything] })]
    expect(decide({ policies, contract: SEARCH }).verdict).toBe('ALLOW')
    expect(decide({ policies, contract: { goal: 'x', tools: ['launch'] } }).verdict).toBe('DEFER')
    expect(codes(decide({ policies: [testPolicy({ rules: [] })], contract: SEARCH }))).toEqual([
      'approval_missing',
      'no_rule_allows',
    ])
  })

  it('takes a demand for no permission', () => {
    const rules = [testRule({ effect: 'require', when: () => true, requirements: [] })]
    expect(codes(decide({ policies: [testPolicy({ rules })], contract: SEARCH }))).toContain(
      'no_rule_allows',
    )
  })

  it('applies every tool’s rules to the whole contract', () => {
    const both = decide({ contract: deploy({ tools: ['search.orders', 'deploy.production'] }) })
    expect(both.outstanding).toContain('approval:release')
    expect(both.risk).toBe('production_control_plane')
  })

  it('tells voters that no arguments are bound, and asks for a voter where there is none', () => {
    const { arguments: _, ...unbound } = DEPLOY
    expect(codes(decide({ contract: unbound }))).toContain('unbound_arguments')
    const mail = { goal: 'x', tools: ['mail.send'] }
    const rules = [testRule({ when: () => true, requirements: [] })]
    const policies = [testPolicy({ rules })]
    expect(decide({ policies, contract: mail }).outstanding).toEqual(['approval:release'])
    const bound = { ...mail, arguments: { 'mail.send': {} } }
    expect(decide({ policies, contract: bound })).toMatchObject({ verdict: 'ALLOW', issues: [] })
  })

  it('is not taken in by tools that are named like members of every object', () => {
    for (const tool of ['constructor', 'toString', 'hasOwnProperty']) {
      const contract: Contract = { goal: 'x', tools: [tool], arguments: {} }
      expect(codes(decide({ contract }))).toContain('unbound_arguments')
    }
  })
})

describe('rules', () => {
  it('lets a denial win over everything that is met', () => {
    const deny = testRule({
      name: 'no_fridays',
      effect: 'deny',
      requirements: [],
      message: 'Not like this.',
    })
    const policies = [testPolicy({ rules: [...testPolicy().rules, deny] })]
    const denied = decide({ policies, facts: satisfied(policies) })
    expect(denied.verdict).toBe('DENY')
    expect(denied.issues[0]).toMatchObject({ code: 'policy_denied', message: 'Not like this.' })
  })

  it('holds when a rule fails, whatever its effect', () => {
    for (const effect of ['allow', 'require', 'deny'] as const) {
      const broken = testRule({
        name: 'broken',
        effect,
        when: () => {
          throw new Error('no such member')
        },
      })
      const policies = [testPolicy({ rules: [READS, broken] })]
      const held = decide({ policies, contract: SEARCH })
      expect(held.verdict).toBe('DEFER')
      expect(codes(held)).toEqual(['policy_error'])
    }
  })

  it('applies a rule that reads claims with and without them', () => {
    const unlessEmergency = testRule({
      name: 'calm',
      effect: 'require',
      readsClaims: ['context.emergency'],
      when: ({ claims }) => claims.context['emergency'] !== true,
      requirements: [{ ...RELEASE, tree: { group: 'security', count: 1 } }],
    })
    const policies = [testPolicy({ rules: [READS, unlessEmergency] })]
    const claimed = { ...SEARCH, context: { emergency: true } }
    expect(decide({ policies, contract: claimed }).outstanding).toEqual(['approval:security'])
  })

  it('lets no approval that a claim brought in stand in for the default one', () => {
    const paying = testRule({
      effect: 'require',
      readsClaims: ['side_effects.payment'],
      when: ({ claims }) => claims.side_effects.includes('payment'),
      requirements: [{ ...RELEASE, tree: { group: 'security', count: 1 } }],
    })
    const all = testRule({ name: 'all', when: () => true, requirements: [] })
    const policies = [testPolicy({ rules: [all, paying] })]
    const contract = { goal: 'x', tools: ['mail.send'] }
    expect(decide({ policies, contract }).outstanding).toEqual(['approval:release'])
    const claimed = decide({ policies, contract: { ...contract, side_effects: ['payment'] } })
    expect(claimed.outstanding).toEqual(['approval:release', 'approval:security'])
  })

  it('lets no rule that reads claims allow anything', () => {
    const trusting = testRule({
      readsClaims: ['context.safe'],
      when: ({ claims }) => claims.context['safe'] === true,
      requirements: [],
    })
    const policies = [testPolicy({ rules: [trusting] })]
    const contract = { ...SEARCH, context: { safe: true } }
    expect(decide({ policies, contract }).verdict).toBe('DEFER')
  })

  it('takes evidence for dangerous tools from people only, whatever the rule says', () => {
    const results = {
      kind: 'evidence' as const,
      id: 'evidence:test_results',
      type: 'test_results',
      from: 'human_or_caller' as const,
      max_age_ms: null,
      approve_before_evidence: false,
    }
    const from = (risk: 'external_side_effect' | 'money_outward') => {
      const tools = [{ name: 'mail.send', risk, environment: null }]
      const rules = [testRule({ when: () => true, requirements: [RELEASE, results] })]
      const contract = { goal: 'x', tools: ['mail.send'] }
      const { requirements } = decide({ policies: [testPolicy({ tools, rules })], contract })
      return requirements.map(({ requirement }) =>
        requirement.kind === 'evidence' ? requirement.from : '',
      )
    }
    expect(from('external_side_effect')).toContain('human_or_caller')
    expect(from('money_outward')).toContain('human')
  })
})

describe('the caller', () => {
  it('may run nothing once it is deactivated', () => {
    const denied = decide({ facts: withCaller({ active: false }), contract: SEARCH })
    expect(denied.verdict).toBe('DENY')
    expect(codes(denied)).toEqual(['caller_inactive'])
  })

  it('gains nothing by claiming another environment, and is asked about when its claim sounds worse', () => {
    const claims = (environment: unknown, tools = ['deploy.production']) =>
      decide({
        contract: { ...deploy({ tools }), context: { environment: environment as string } },
        facts: withCaller({ environments: ['production', 'staging'] }),
        policies: [
          testPolicy({ rules: [READS, testRule({ when: () => true, requirements: [] })] }),
        ],
      })
    expect(claims('production').issues).toEqual([])
    expect(codes(claims('staging'))).toEqual(['environment_claim_differs'])
    expect(claims('staging').verdict).toBe('ALLOW')
    expect(claims('staging', ['deploy.eu']).verdict).toBe('DEFER')
    expect(claims('production', ['deploy.eu']).outstanding).toEqual(['approval:release'])
    expect(codes(claims('production', ['deploy.eu']))).toContain('environment_claim_differs')
    expect(claims(7, ['deploy.eu']).outstanding).toEqual(['approval:release'])
  })
})

describe('constraints', () => {
  const reading = (...constraints: string[]) => decide({ contract: { ...SEARCH, constraints } })

  it('demands an approval where no rule does, and none besides the rule’s', () => {
    expect(reading('require_approval: true').outstanding).toEqual(['approval:release'])
    const asked = decide({ contract: deploy({ constraints: ['approval required'] }) })
    expect(asked.requirements.filter((one) => one.requirement.kind === 'approval')).toHaveLength(1)
    expect(asked.requirements[0]?.requirement).toEqual(RELEASE)
  })

  it('demands a second factor, and with it somebody who votes', () => {
    const held = reading('mfa_required')
    expect(held.outstanding).toEqual(['approval:release', 'mfa'])
    expect(codes(held)).toEqual(['approval_missing', 'mfa_missing'])
  })

  it('raises the factor of every approval', () => {
    const { requirements } = decide({ contract: deploy({ constraints: ['mfa: passkey'] }) })
    expect(requirements[0]?.requirement).toEqual({ ...RELEASE, mfa: 'phishing_resistant' })
  })

  it('demands evidence on the policy’s terms, and on strict ones where it has none', () => {
    const evidenceOf = (text: string) =>
      reading(text).requirements.filter(({ requirement }) => requirement.kind === 'evidence')
    const [results] = evidenceOf('evidence: test_results')
    expect(results?.requirement).toMatchObject({ from: 'human_or_caller', max_age_ms: DAY_MS })
    const [record] = evidenceOf('change_record required')
    expect(record?.requirement).toMatchObject({ from: 'human', max_age_ms: null })
  })

  it('asks for a voter where evidence has to be reviewed and nobody else has to approve', () => {
    const { outstanding } = reading('change_record required')
    expect(outstanding).toContain('approval:release')
  })

  it('asks a person where it does not understand', () => {
    for (const constraint of ['be careful', 'evidence: horoscope', 'require_approval: maybe']) {
      const held = reading(constraint)
      expect(held.outstanding).toEqual(['approval:release'])
      expect(held.issues.at(-1)).toMatchObject({ severity: 'warn', path: '/constraints/0' })
    }
  })

  it('holds for a calendar that nobody knows', () => {
    for (const name of ['full_moon', 'constructor']) {
      const held = reading(`allowed_change_window: ${name}`)
      expect(held.verdict).toBe('DEFER')
      expect(codes(held)).toEqual(['unknown_calendar'])
    }
  })

  it('tells when a window is shut, and opens it by itself', () => {
    const held = reading('allowed_change_window: night')
    expect(held.issues).toEqual([
      {
        code: 'window_shut',
        severity: 'defer',
        message: 'The change window night is shut. It opens at 2026-03-16T22:00:00.000Z.',
        requirement: 'window:night',
      },
    ])
    expect(held.nextCheckAt).toBe(T0 + 13 * HOUR_MS)
    const contract = { ...SEARCH, constraints: ['allowed_change_window: night'] }
    const open = decide({ contract, now: T0 + 13 * HOUR_MS })
    expect(open.verdict).toBe('ALLOW')
    expect(open.windowEndsAt).toBe(T0 + 15 * HOUR_MS)
    expect(open.nextCheckAt).toBe(T0 + 15 * HOUR_MS)
  })

  it('denies a role or an environment that is not the registered one', () => {
    const facts = withCaller({ roles: ['deployer'] })
    const decided = (constraint: string) =>
      decide({ facts, contract: deploy({ constraints: [constraint] }) })
    expect(codes(decided('required_role: release_manager'))).toContain('wrong_role')
    expect(decided('required_role: release_manager').verdict).toBe('DENY')
    expect(decided('required_role: deployer').verdict).toBe('DEFER')
    expect(codes(decided('allowed_environment: staging'))).toContain('wrong_environment')
    expect(decided('allowed_environment: staging').verdict).toBe('DENY')
    expect(codes(decided('allowed_environment: staging, production'))).not.toContain(
      'wrong_environment',
    )
  })

  it('holds when an environment is demanded and none is registered', () => {
    const held = reading('allowed_environment: production')
    expect(held.verdict).toBe('DEFER')
    expect(codes(held)).toEqual(['environment_unknown'])
  })

  it('does not loosen, and says so', () => {
    const constraints = ['require_approval: false', 'mfa_required: false', 'skip rollback plan']
    const loosened = decide({ contract: deploy({ constraints }) })
    expect(loosened.outstanding).toEqual(decide().outstanding)
    expect(codes(loosened).filter((code) => code === 'constraint_loosening')).toHaveLength(3)
  })

  it('hands runtime constraints on as obligations, the tightest of each, and lowers no risk for them', () => {
    const constraints = ['dry-run', 'timeout: 300s', 'timeout: 60s', 'max_cost_usd: 5']
    const obliged = decide({ contract: deploy({ constraints }) })
    expect(obliged.obligations).toEqual([
      { name: 'dry_run', value: true },
      { name: 'max_cost_usd', value: 5 },
      { name: 'timeout_ms', value: 60_000 },
    ])
    expect(obliged.outstanding).toEqual(decide().outstanding)
    expect(obliged.risk).toBe('production_control_plane')
  })

  it('leaves preconditions to redemption', () => {
    const contract = { ...SEARCH, preconditions: [{ name: 'plan_hash', equals: 'abc' }] }
    const allowed = decide({ contract })
    expect(allowed.verdict).toBe('ALLOW')
    expect(allowed.requirements).toEqual([
      {
        requirement: { kind: 'precondition', id: 'precondition:plan_hash', name: 'plan_hash' },
        state: 'at_redeem',
      },
    ])
  })
})

describe('policy versions', () => {
  const later = (changes: Partial<CompiledPolicy>) =>
    testPolicy({ version: 'main@2+00000000', ...changes })

  it('holds without a policy, and without the one that the request is pinned to', () => {
    for (const policies of [[], [later({})]]) {
      const held = decide({ policies, contract: SEARCH })
      expect(held.verdict).toBe('DEFER')
      expect(codes(held)).toEqual(['policy_unavailable'])
    }
  })

  it('asks for what either version asks for', () => {
    const security = { ...RELEASE, tree: { group: 'security', count: 1 } }
    const tighter = later({ rules: [testRule({ requirements: [security] })] })
    const both = decide({ policies: [testPolicy(), tighter] })
    expect(both.outstanding).toEqual([
      'approval:release',
      'approval:security',
      'evidence:rollback_plan',
    ])
    expect(both.policyVersion).toBe('main@1+abcdef01')
  })

  it('voids a vote when the version in force asks for more than was reviewed', () => {
    const facts = satisfied()
    expect(decide({ facts }).verdict).toBe('ALLOW')
    const tighter = later({
      rules: [testRule({ requirements: [{ ...RELEASE, mfa: 'phishing_resistant' }] })],
    })
    const held = decide({ facts, policies: [testPolicy(), tighter] })
    expect(held.verdict).toBe('DEFER')
    expect(held.voidVotes).toEqual([{ id: 'vot_mara', reason: 'terms_changed' }])
  })

  it('denies when either version does', () => {
    const message = 'Not any more.'
    const deny = testRule({ effect: 'deny', when: () => true, requirements: [], message })
    const denied = decide({ policies: [testPolicy(), later({ rules: [deny] })], contract: SEARCH })
    expect(denied.verdict).toBe('DENY')
  })

  it('denies when the version in force places the tools elsewhere', () => {
    const tools = [
      { name: 'deploy.*', risk: 'production_control_plane' as const, environment: 'dr' },
    ]
    const facts = withCaller({ environments: ['production', 'dr'] })
    const denied = decide({ policies: [testPolicy(), later({ tools })], facts })
    expect(denied.verdict).toBe('DENY')
    expect(codes(denied)).toContain('environment_conflict')
  })

  it('goes by the calendars of the version in force, and holds when one is gone', () => {
    const facts = satisfied()
    const { office } = testPolicy().calendars
    const freeze = { from: T0 - 1, until: T0 + HOUR_MS, reason: 'Incident' }
    const frozen = later({ calendars: office ? { office: { ...office, freezes: [freeze] } } : {} })
    const shut = decide({ facts, policies: [testPolicy(), frozen] })
    expect(codes(shut)).toEqual(['window_shut'])
    expect(shut.nextCheckAt).toBe(freeze.until)
    const gone = decide({ facts, policies: [testPolicy(), later({ calendars: {} })] })
    expect(gone.verdict).toBe('DEFER')
    expect(codes(gone)).toContain('unknown_calendar')
    expect(gone.outstanding).toEqual([WINDOW.id])
  })
})

describe('remote decision points', () => {
  const policies = [testPolicy({ decisionPoints: [{ name: 'stage0', max_age_ms: 5 * MINUTE_MS }] })]
  const answered = (
    answer: Partial<RemoteFact>,
    changes: { inputSeq?: number; now?: number } = {},
  ) =>
    decide({
      policies,
      contract: SEARCH,
      facts: testFacts({
        inputSeq: changes.inputSeq ?? 0,
        remotes: [{ name: 'stage0', verdict: 'ALLOW', issues: [], at: T0, inputSeq: 0, ...answer }],
      }),
      now: changes.now ?? T0,
    })

  it('counts a fresh ALLOW, until it is too old', () => {
    expect(answered({})).toMatchObject({ verdict: 'ALLOW', nextCheckAt: T0 + 5 * MINUTE_MS })
    expect(answered({}, { now: T0 + 5 * MINUTE_MS - 1 }).verdict).toBe('ALLOW')
    expect(codes(answered({}, { now: T0 + 5 * MINUTE_MS }))).toEqual(['decision_point_unavailable'])
  })

  it.each<[string, Partial<RemoteFact>, { inputSeq?: number }]>([
    ['errors', { error: 'timeout' }, {}],
    ['errors and says ALLOW all the same', { verdict: 'ALLOW', error: '402' }, {}],
    ['gives no verdict', { verdict: null }, {}],
    ['gives an unknown verdict', { verdict: 'PERMIT' as 'ALLOW' }, {}],
    ['answered before the last input', { inputSeq: 3 }, { inputSeq: 4 }],
    ['answers from the future', { at: T0 + 1 }, {}],
    ['gives a time that is no number', { at: Number.NaN }, {}],
    ['is another one', { name: 'stage1' }, {}],
  ])('holds when it %s', (_, answer, changes) => {
    const held = answered(answer, changes)
    expect(held.verdict).toBe('DEFER')
    expect(codes(held)).toEqual(['decision_point_unavailable'])
    expect(held.outstanding).toEqual(['decision_point:stage0'])
  })

  it('holds before it was asked, and says when it is asked again', () => {
    expect(decide({ policies, contract: SEARCH }).verdict).toBe('DEFER')
    const retried = answered({ error: '429', retryAt: T0 + 9_000 })
    expect(retried.nextCheckAt).toBe(T0 + 9_000)
    expect(retried.requirements[0]).toMatchObject({ state: 'waiting', opensAt: T0 + 9_000 })
  })

  it('takes the answer to the latest inputs', () => {
    const remote = { name: 'stage0', issues: [], at: T0 }
    const facts = testFacts({
      inputSeq: 1,
      remotes: [
        { ...remote, verdict: 'ALLOW', inputSeq: 1 },
        { ...remote, verdict: 'DENY', inputSeq: 0 },
      ],
    })
    expect(decide({ policies, contract: SEARCH, facts }).verdict).toBe('ALLOW')
  })

  it('denies and holds with its issues, told as its own', () => {
    const issues = [{ code: 'budget', message: 'No budget is left.' }]
    const denied = answered({ verdict: 'DENY', issues })
    expect(denied.verdict).toBe('DENY')
    expect(denied.issues[0]).toMatchObject({ code: 'stage0.budget', severity: 'deny' })
    const held = answered({ verdict: 'DEFER', issues })
    expect(held.verdict).toBe('DEFER')
    expect(held.issues[0]).toMatchObject({ code: 'stage0.budget', severity: 'defer' })
    expect(codes(answered({ verdict: 'DENY' }))).toEqual(['stage0.no_reason'])
  })

  it('cannot loosen anything', () => {
    const facts = testFacts({
      remotes: [{ name: 'stage0', verdict: 'ALLOW', issues: [], at: T0, inputSeq: 0 }],
    })
    expect(decide({ policies, facts }).outstanding).toEqual(decide().outstanding)
  })
})
