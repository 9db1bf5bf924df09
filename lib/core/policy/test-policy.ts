import type { Contract } from '../contract/contract'
import { DAY_MS } from '../durations'
import { PLAN, RELEASE, T0, testFacts } from '../ticket/test-facts'
import { evaluate } from './evaluate'
import type { CompiledPolicy, CompiledRule, EvaluateInput, Evaluation, Requirement } from './types'

/** Small policies for the tests of this folder, in the world of ticket/test-facts. */
export const WINDOW: Requirement = {
  kind: 'change_window',
  id: 'window:office',
  calendar: 'office',
}

export function testRule(changes: Partial<CompiledRule> = {}): CompiledRule {
  return {
    name: 'deploys',
    effect: 'allow',
    when: ({ tool }) => tool.risk === 'production_control_plane',
    readsClaims: [],
    requirements: [RELEASE, PLAN, WINDOW],
    message: '',
    ...changes,
  }
}

export const READS = testRule({
  name: 'reads',
  when: ({ tool }) => tool.risk === 'read_only',
  requirements: [],
})

/** T0 is a Monday, 09:00 UTC: `office` is open until 17:00, `night` opens at 22:00. */
export function testPolicy(changes: Partial<CompiledPolicy> = {}): CompiledPolicy {
  const calendar = { zone: 'UTC', label: 'x', holidays: [], freezes: [] }
  return {
    version: 'main@1+abcdef01',
    digest: `sha-256:${'d'.repeat(64)}`,
    groups: { release: { label: 'Release manager' }, security: { label: 'Security approver' } },
    tools: [
      { name: 'deploy.production', risk: 'production_control_plane', environment: 'production' },
      { name: 'deploy.*', risk: 'production_control_plane', environment: 'staging' },
      { name: 'search.*', risk: 'read_only', environment: null },
      { name: 'mail.*', risk: 'external_side_effect', environment: null },
    ],
    rules: [READS, testRule()],
    calendars: {
      office: { ...calendar, hours: [{ days: ['mon'], from: '09:00', to: '17:00' }] },
      night: { ...calendar, hours: [{ days: ['mon'], from: '22:00', to: '24:00' }] },
    },
    defaultApproval: { ...RELEASE, slack_totp: false },
    evidenceTypes: {
      rollback_plan: { from: 'human', max_age_ms: null, approve_before_evidence: false },
      test_results: { from: 'human_or_caller', max_age_ms: DAY_MS, approve_before_evidence: false },
    },
    decisionPoints: [],
    deadlineMs: DAY_MS,
    executionWindowMs: DAY_MS / 6,
    ...changes,
  }
}

export const DEPLOY: Contract = {
  goal: 'Deploy release 2026.03.14 to production',
  tools: ['deploy.production'],
  arguments: { 'deploy.production': { release: '2026.03.14' } },
}

export const SEARCH: Contract = { goal: 'Look something up', tools: ['search.orders'] }

export function decide(changes: Partial<EvaluateInput> = {}): Evaluation {
  return evaluate({
    contract: DEPLOY,
    facts: testFacts(),
    policies: [testPolicy()],
    now: T0,
    ...changes,
  })
}

export function codes({ issues }: Evaluation): string[] {
  return issues.map(({ code }) => code)
}
