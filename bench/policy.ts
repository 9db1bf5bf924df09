import { performance } from 'node:perf_hooks'
import type { Contract } from '#lib/core/contract/contract'
import { evaluate } from '#lib/core/policy/evaluate'
import type { CompiledPolicy, EvaluateInput, Facts } from '#lib/core/policy/types'
import { compilePolicy } from '#lib/policies/compile-policy'
import { defaultPack } from '#lib/policies/packs/default'

/** How long one evaluation takes. Noise is large: compare rows of one run, not runs. `npx tsx bench/policy.ts` */
const RUNS = 20_000
const WARM_UP = 5_000
const MONDAY = Date.parse('2026-03-16T10:41:07+01:00')

const PACK = defaultPack({ zone: 'Europe/Berlin', businessHours: 'weekdays' })

const DEPLOY: Contract = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '2026.03.14', replicas: 12 } },
  constraints: [
    'require_approval: true',
    'allowed_change_window: business_hours',
    'rollback_plan_required: true',
    'mfa_required: true',
  ],
  side_effects: ['service_impact', 'write'],
  context: { environment: 'production', approval_status: 'pending' },
}
const READ: Contract = { goal: 'Look something up', tools: ['search.orders'] }

/** Rules of an everyday kind: they begin with the tool they are about, so most can be skipped. */
function everydayRules(count: number): string[] {
  const conditions = [
    'tool.name == "payments.refund" && tool.arguments.amount > 100',
    'tool.risk == "privilege_change" && !("admin" in caller.roles)',
    'tool.name.startsWith("database.") && tool.environment == "production"',
    'tool.risk in ["money_outward", "destructive_data_change"] && caller.kind == "agent"',
  ]
  return Array.from(
    { length: count },
    (_, index) => conditions[index % conditions.length] ?? 'true',
  )
}

/** The worst of its kind: every rule has to be evaluated whole. */
function stubbornRules(count: number): string[] {
  const conditions = [
    'caller.roles.exists(role, role == "on_call") && tool.environment == "production"',
    'has(tool.arguments.replicas) && tool.arguments.replicas > 500',
    '(tool.risk == "money_outward" || tool.name.endsWith(".delete")) && caller.kind == "agent"',
    'contract.tools.exists(name, name.contains("drop")) || size(contract.tools) > 50',
  ]
  return Array.from(
    { length: count },
    (_, index) => conditions[index % conditions.length] ?? 'true',
  )
}

function policyWith(conditions: readonly string[]): CompiledPolicy {
  const rules = conditions.map(
    (when, index) =>
      `  - { name: extra_${index}, effect: require, when: '${when}', require: [{ mfa: phishing_resistant }] }`,
  )
  const compiled = compilePolicy([PACK, ...rules].join('\n'), { name: 'main', ordinal: 1 })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.refusal))
  return compiled.value
}

function factsFor(policy: CompiledPolicy): Facts {
  const people = Array.from({ length: 20 }, (_, index) => `prs_${index}`)
  return {
    requestId: 'req_bench',
    domain: 'https://countersign.example',
    contractDigest: `sha-256:${'0'.repeat(64)}`,
    pinnedPolicyVersion: policy.version,
    caller: {
      id: 'clr_bench',
      name: 'ci-release',
      kind: 'ci_job',
      roles: ['deployer'],
      environments: ['production'],
      ownerId: 'prs_0',
      active: true,
    },
    requesters: ['prs_0'],
    votes: [],
    evidence: [],
    directory: {
      people: Object.fromEntries(people.map((id) => [id, { name: id, active: true, roles: [] }])),
      groups: { release_managers: people.map((person) => ({ person, expiresAt: null })) },
    },
    remotes: [],
    inputSeq: 0,
  }
}

function inputFor(contract: Contract, conditions: readonly string[], versions = 1): EvaluateInput {
  const policy = policyWith(conditions)
  const current = policyWith([...conditions, 'false'])
  return {
    contract,
    facts: factsFor(policy),
    policies: versions === 1 ? [policy] : [policy, current],
    now: MONDAY,
  }
}

function measure(name: string, input: EvaluateInput): void {
  for (let run = 0; run < WARM_UP; run++) evaluate(input)
  const micros: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const started = performance.now()
    evaluate(input)
    micros.push((performance.now() - started) * 1_000)
  }
  micros.sort((a, b) => a - b)
  const at = (share: number) => (micros[Math.floor(RUNS * share)] ?? 0).toFixed(1).padStart(9)
  console.log(`${name.padEnd(44)}${at(0.5)}${at(0.99)}  ${evaluate(input).verdict}`)
}

console.log(`${'one evaluation, µs'.padEnd(44)}${'p50'.padStart(9)}${'p99'.padStart(9)}  verdict`)
measure('shipped pack, read', inputFor(READ, []))
measure('shipped pack, deploy', inputFor(DEPLOY, []))
measure('100 everyday rules, read', inputFor(READ, everydayRules(90)))
measure('100 everyday rules, deploy', inputFor(DEPLOY, everydayRules(90)))
measure('100 rules that cannot be skipped, read', inputFor(READ, stubbornRules(90)))
measure('100 rules that cannot be skipped, deploy', inputFor(DEPLOY, stubbornRules(90)))
measure('pinned and current, 100 everyday rules each', inputFor(DEPLOY, everydayRules(90), 2))
