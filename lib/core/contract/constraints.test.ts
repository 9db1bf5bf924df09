import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConstraintMeaning } from './constraint-meaning'
import { CONSTRAINT_TABLE } from './constraint-table'
import { readConstraints } from './constraints'

const APPROVAL: ConstraintMeaning = { kind: 'approval' }
const MFA: ConstraintMeaning = { kind: 'mfa', level: 'any' }
const PASSKEY: ConstraintMeaning = { kind: 'mfa', level: 'phishing_resistant' }
const PLAN: ConstraintMeaning = { kind: 'evidence', type: 'rollback_plan' }
const HOURS: ConstraintMeaning = { kind: 'change_window', calendar: 'business_hours' }
const DRY_RUN: ConstraintMeaning = { kind: 'obligation', name: 'dry_run', value: true }

function environments(...names: string[]): ConstraintMeaning {
  return { kind: 'allowed_environment', environments: names }
}

function timeout(value: number): ConstraintMeaning {
  return { kind: 'obligation', name: 'timeout_ms', value }
}

function cost(value: number): ConstraintMeaning {
  return { kind: 'obligation', name: 'max_cost_usd', value }
}

test('the seed’s constraints become their four demands', () => {
  const seed = [
    'require_approval: true',
    'allowed_change_window: business_hours',
    'rollback_plan_required: true',
    'mfa_required: true',
  ]
  expect(readConstraints(seed)).toEqual([
    { index: 0, text: seed[0], ...APPROVAL },
    { index: 1, text: seed[1], ...HOURS },
    { index: 2, text: seed[2], ...PLAN },
    { index: 3, text: seed[3], ...MFA },
  ])
})

test.each<[string, ConstraintMeaning]>([
  ['approval required', APPROVAL],
  ['Approval Required', APPROVAL],
  ['approval', APPROVAL],
  ['approval: required', APPROVAL],
  ['require-approval', APPROVAL],
  ['REQUIRE_APPROVAL=TRUE', APPROVAL],
  ['requires  approval: yes', APPROVAL],
  ['human approval required', APPROVAL],
  ['manual approval is required', APPROVAL],
  ['require_mfa', MFA],
  ['mfa required', MFA],
  ['MFA_REQUIRED : true', MFA],
  ['require 2FA', MFA],
  ['mfa: any', MFA],
  ['mfa: phishing-resistant', PASSKEY],
  ['require_passkey', PASSKEY],
  ['mfa_required: passkey', PASSKEY],
  ['rollback_plan_required', PLAN],
  ['rollback plan required', PLAN],
  ['require rollback plan: true', PLAN],
  ['evidence: test_results', { kind: 'evidence', type: 'test_results' }],
  ['required_evidence: change_record', { kind: 'evidence', type: 'change_record' }],
  ['backup_required: true', { kind: 'evidence', type: 'backup' }],
  ['allowed_change_window:freeze-free', { kind: 'change_window', calendar: 'freeze-free' }],
  ['change window: "Night"', { kind: 'change_window', calendar: 'Night' }],
  ['business-hours only', HOURS],
  ['required_role:risk_ops', { kind: 'required_role', role: 'risk_ops' }],
  ['required role: Release-Manager', { kind: 'required_role', role: 'Release-Manager' }],
  ['allowed_environment:production', environments('production')],
  ['allowed_environment: a,b', environments('a', 'b')],
  ['allowed_environments: [staging, "production"]', environments('staging', 'production')],
  ['dry-run', DRY_RUN],
  ['dry run', DRY_RUN],
  ['dry_run: true', DRY_RUN],
  ['Dry-Run only', DRY_RUN],
  ['max_cost_usd: 5', cost(5)],
  ['max_cost_usd:2', cost(2)],
  ['max_cost_usd: 0', cost(0)],
  ['max_cost_usd: 1', cost(1)],
  ['max cost: $12.50', cost(12.5)],
  ['max_cost: 3 USD', cost(3)],
  ['timeout: 300s', timeout(300_000)],
  ['timeout=5m', timeout(300_000)],
  ['timeout_seconds: 300', timeout(300_000)],
  ['timeout_ms: 1', timeout(1)],
  ['max_iterations: 3', { kind: 'obligation', name: 'max_iterations', value: 3 }],
  ['max_iterations: 1', { kind: 'obligation', name: 'max_iterations', value: 1 }],
])('%s is understood', (text, meaning) => {
  expect(readConstraints([text])).toEqual([{ index: 0, text, ...meaning }])
})

test.each([
  ['require_approval: false', 'approval'],
  ['approval: none', 'approval'],
  ['approval not required', 'approval'],
  ['no approval required', 'approval'],
  ['skip_approval: true', 'approval'],
  ['mfa_required: false', 'mfa'],
  ['bypass MFA', 'mfa'],
  ['mfa: optional', 'mfa'],
  ['rollback_plan_required: false', 'rollback_plan'],
  ['dry_run: false', 'dry_run'],
  ['allowed_change_window: any', 'change_window'],
  ['allowed_change_window: false', 'change_window'],
  ['allowed_environment: *', 'allowed_environment'],
  ['allowed_environment: production, any', 'allowed_environment'],
  ['required_role: none', 'required_role'],
  ['timeout: none', 'timeout'],
  ['max_cost_usd: off', 'max_cost_usd'],
])('%s asks for less, so it satisfies nothing', (text, of) => {
  expect(readConstraints([text])).toEqual([{ index: 0, text, kind: 'loosening', of }])
})

test.each([
  '',
  ':',
  ': true',
  'require_approval:',
  'require_approval: maybe',
  'require_approval: true; mfa_required: false',
  'required_approvals: 2',
  'approval: approved',
  'no_approval: false',
  'require_approval\u200b: true',
  'require_approval\uff1a true',
  'timeout: 300',
  'timeout: -5s',
  'timeout: 0s',
  'timeout',
  'max_cost_usd',
  'max_cost_usd: five',
  'max_cost_usd: -1',
  'max_cost_usd: 1e3',
  'max_cost: 5',
  'max_iterations: 0',
  'max_iterations: 2.5',
  'max_iterations: true',
  'required_role',
  'required_role: true',
  'required_role: a,b',
  'allowed_environment',
  'allowed_environment: a,,b',
  'allowed_environment: true',
  'evidence_required: true',
  'evidence: Rollback Plan',
  'allowed_change_window: true',
  'mfa: sms',
  'constructor',
  'require___proto__',
  'must be nice',
])('%j is not understood, so it needs a human', (text) => {
  expect(readConstraints([text])).toEqual([{ index: 0, text, kind: 'unknown' }])
})

test('every string has exactly one meaning, in its place, and reading never throws', () => {
  const words = fc.constantFrom(
    ...Object.keys(CONSTRAINT_TABLE),
    'no_',
    'require ',
    ': ',
    'true',
    'false',
    '5',
  )
  const strings = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(fc.array(strings), (constraints) => {
      const read = readConstraints(constraints)
      expect(read.map(({ index, text }) => [index, text])).toEqual([...constraints.entries()])
    }),
  )
})

test('a constraint means the same whatever stands beside it', () => {
  const known = fc.constantFrom(
    'require_approval: true',
    'mfa: false',
    'dry-run',
    'nonsense',
    'timeout: 5m',
  )
  fc.assert(
    fc.property(fc.array(known), fc.array(known), (before, after) => {
      const alone = readConstraints(before)
      const together = readConstraints([...before, ...after])
      expect(together.slice(0, alone.length)).toEqual(alone)
    }),
  )
})
