import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../contract/json'
import { refusalEntry } from '../refusals'
import type { AllowClaims } from './claims'
import {
  type BoundContract,
  type CurrentGrant,
  checkRedemption,
  type RedeemCall,
} from './redeem-check'

const DIGEST = `sha-256:${'ab'.repeat(32)}`
const CLAIMS: AllowClaims = {
  iss: 'https://countersign.example.com',
  aud: 'deploy-runtime',
  sub: 'req_01K0',
  jti: 'current',
  iat: 1_773_480_413,
  nbf: 1_773_480_413,
  exp: 1_773_480_713,
  contract_digest: DIGEST,
  tools: ['deploy.production'],
  environment: 'production',
  policy_version: 'default@3+0a1b2c3d',
  decision: 4,
  approvals: [],
  obligations: [
    { name: 'max_cost_usd', value: 5 },
    { name: 'dry-run', value: true },
  ],
  gen: 2,
  audit_head: `sha-256:${'cd'.repeat(32)}`,
}
const GRANT: CurrentGrant = {
  requestId: 'req_01K0',
  contractDigest: DIGEST,
  jti: 'current',
  grantGeneration: 2,
  generation: 2,
}
const CONTRACT: BoundContract = {
  arguments: { 'deploy.production': { release: '2026.03.14', hosts: ['a', 'b'] } },
  preconditions: [
    { name: 'plan_hash', equals: 'f00d' },
    { name: 'state', equals: { version: 7, locked: null } },
  ],
}
const CALL: RedeemCall = {
  arguments: { 'deploy.production': { hosts: ['a', 'b'], release: '2026.03.14' } },
  observed: { plan_hash: 'f00d', state: { locked: null, version: 7 }, more: 1 },
  acknowledgedObligations: [
    { name: 'dry-run', value: true },
    { name: 'max_cost_usd', value: 5 },
  ],
  environment: 'production',
}

type Change = {
  call?: Partial<RedeemCall>
  claims?: Partial<AllowClaims>
  grant?: Partial<CurrentGrant>
  contract?: Partial<BoundContract>
}

function check({ call, claims, grant, contract }: Change) {
  return checkRedemption(
    { ...CALL, ...call },
    { ...CLAIMS, ...claims },
    { ...GRANT, ...grant },
    { ...CONTRACT, ...contract },
  )
}

function code(change: Change): string {
  const checked = check(change)
  return checked.ok ? 'ok' : checked.refusal.code
}

function observing(observed: JsonObject): Change {
  return { call: { observed } }
}

describe('a redemption', () => {
  test('of exactly what was signed, in the world it was signed for, is fine', () => {
    expect(code({})).toBe('ok')
  })

  test.each<[string, Change, string]>([
    ['of another request', { claims: { sub: 'req_02' } }, 'unknown'],
    ['with a token from before a restore', { claims: { gen: 1 } }, 'old_generation'],
    ['of a grant from before a restore', { grant: { grantGeneration: 1 } }, 'old_generation'],
    ['with a token of a later generation', { claims: { gen: 3 } }, 'old_generation'],
    ['with a token that was replaced', { claims: { jti: 'older' } }, 'token_replaced'],
    ['of a grant that was never collected', { grant: { jti: null } }, 'token_replaced'],
    ['in another environment', { call: { environment: 'staging' } }, 'environment_mismatch'],
    ['in no environment', { call: { environment: null } }, 'environment_mismatch'],
    ['in an environment not named', { claims: { environment: null } }, 'environment_mismatch'],
    [
      'of another contract',
      { grant: { contractDigest: `sha-256:${'00'.repeat(32)}` } },
      'digest_mismatch',
    ],
  ])('%s is refused', (_, change, expected) => {
    expect(code(change)).toBe(expected)
  })

  test('without an environment is fine where the token names none', () => {
    expect(code({ claims: { environment: null }, call: { environment: null } })).toBe('ok')
  })
})

describe('arguments', () => {
  test.each<[string, JsonObject | undefined, string]>([
    [
      'another value',
      { 'deploy.production': { release: '2026.03.15', hosts: ['a', 'b'] } },
      '/arguments/deploy.production/release',
    ],
    [
      'another order of items',
      { 'deploy.production': { release: '2026.03.14', hosts: ['b', 'a'] } },
      '/arguments/deploy.production/hosts/0',
    ],
    [
      'one more',
      { 'deploy.production': { release: '2026.03.14', hosts: ['a', 'b'], force: true } },
      '/arguments/deploy.production/force',
    ],
    [
      'one less',
      { 'deploy.production': { release: '2026.03.14' } },
      '/arguments/deploy.production/hosts',
    ],
    ['another tool', { ...CALL.arguments, 'deploy.staging': {} }, '/arguments/deploy.staging'],
    ['none', {}, '/arguments/deploy.production'],
    ['no arguments at all', undefined, '/arguments'],
  ])('with %s are refused, at the place and without the value', (_, changed, path) => {
    const checked = check({ call: { arguments: changed } })
    expect(checked).toEqual({
      ok: false,
      refusal: {
        code: 'digest_mismatch',
        fields: [{ path, message: 'Differs from the signed contract.', code: 'digest_mismatch' }],
      },
    })
  })

  test('that are absent match only absent ones', () => {
    const contract = { arguments: undefined }
    expect(code({ contract, call: { arguments: undefined } })).toBe('ok')
    expect(code({ contract, call: { arguments: {} } })).toBe('digest_mismatch')
    expect(code({ contract: { arguments: {} }, call: { arguments: undefined } })).toBe(
      'digest_mismatch',
    )
    expect(code({ contract: { arguments: {} }, call: { arguments: {} } })).toBe('ok')
  })
})

describe('preconditions', () => {
  test.each<[string, Change, string[]]>([
    ['not observed', observing({ plan_hash: 'f00d' }), ['state']],
    [
      'observed otherwise',
      observing({ plan_hash: 'beef', state: { version: 7, locked: null } }),
      ['plan_hash'],
    ],
    ['observed in part', observing({ plan_hash: 'f00d', state: { version: 7 } }), ['state']],
    ['observed as nothing', observing({}), ['plan_hash', 'state']],
  ])('%s are named', (_, change, failed) => {
    expect(check(change)).toEqual({
      ok: false,
      refusal: { code: 'precondition_failed', meta: { failed } },
    })
  })

  test('named like a member that every object has are not met by it', () => {
    for (const name of ['constructor', '__proto__']) {
      const contract = { preconditions: [{ name, equals: {} }] }
      expect(code({ contract, ...observing({}) })).toBe('precondition_failed')
    }
  })

  test('of null are met by null and not by absence', () => {
    const contract = { preconditions: [{ name: 'lock', equals: null }] }
    expect(code({ contract, ...observing({ lock: null }) })).toBe('ok')
    expect(code({ contract, ...observing({}) })).toBe('precondition_failed')
  })

  test('that the contract does not have need nothing observed', () => {
    expect(code({ contract: { preconditions: undefined }, ...observing({}) })).toBe('ok')
  })
})

describe('obligations', () => {
  test.each<[string, RedeemCall['acknowledgedObligations'], string[]]>([
    ['none', [], ['max_cost_usd', 'dry-run']],
    ['one of two', [{ name: 'dry-run', value: true }], ['max_cost_usd']],
    [
      'another value',
      [
        { name: 'dry-run', value: true },
        { name: 'max_cost_usd', value: 50 },
      ],
      ['max_cost_usd'],
    ],
    [
      'another type',
      [
        { name: 'dry-run', value: 'true' },
        { name: 'max_cost_usd', value: 5 },
      ],
      ['dry-run'],
    ],
  ])('acknowledged: %s, are named and refused', (_, acknowledgedObligations, missing) => {
    expect(check({ call: { acknowledgedObligations } })).toEqual({
      ok: false,
      refusal: { code: 'obligation_unknown', meta: { missing } },
    })
  })

  test('acknowledged beyond those of the token change nothing', () => {
    const more = [...CALL.acknowledgedObligations, { name: 'timeout', value: '300s' }]
    expect(code({ call: { acknowledgedObligations: more } })).toBe('ok')
  })
})

describe('a grant', () => {
  test('is not burnt by somebody with an old token, in the wrong place or without the obligations', () => {
    const wrong = { call: { arguments: {}, observed: {} } }
    const leaving: Change[] = [
      { claims: { sub: 'req_02' } },
      { claims: { jti: 'older' } },
      { claims: { gen: 1 } },
      { call: { ...wrong.call, environment: 'staging' } },
      { call: { ...wrong.call, acknowledgedObligations: [] } },
    ]
    for (const change of leaving) {
      const checked = check({ ...wrong, ...change })
      expect(!checked.ok && refusalEntry(checked.refusal.code).disposition).toBe('leave')
    }
    const checked = check(wrong)
    expect(!checked.ok && refusalEntry(checked.refusal.code).disposition).toBe('burn')
  })
})
