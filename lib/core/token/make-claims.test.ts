import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../durations'
import { readAllowClaims } from './claims'
import { makeAllowClaims, type TokenGrant } from './make-claims'

const NOW = 1_773_480_413_589
const GRANT: TokenGrant = {
  issuer: 'https://countersign.example.com',
  audience: 'deploy-runtime',
  requestId: 'req_01K0',
  jti: 'dGhpcyBpcyBub3Qgc2VjcmV0',
  contractDigest: `sha-256:${'ab'.repeat(32)}`,
  tools: ['deploy.production'],
  environment: 'production',
  policyVersion: 'default@3+0a1b2c3d',
  decisionOrdinal: 4,
  approvals: [{ voter: 'prs_01K0', at: NOW - MINUTE_MS, method: 'passkey' }],
  obligations: [{ name: 'max_cost_usd', value: 5 }],
  generation: 1,
  auditHead: `sha-256:${'cd'.repeat(32)}`,
  windowEndsAt: null,
  executionWindowEndsAt: NOW + 4 * HOUR_MS,
}

function expOf(change: Partial<TokenGrant>): number | string {
  const made = makeAllowClaims({ ...GRANT, ...change }, NOW)
  return made.ok ? made.value.exp : made.refusal.code
}

describe('the claims of a new token', () => {
  test('are exactly those that the design lists', () => {
    expect(makeAllowClaims(GRANT, NOW)).toEqual({
      ok: true,
      value: {
        iss: 'https://countersign.example.com',
        aud: 'deploy-runtime',
        sub: 'req_01K0',
        jti: 'dGhpcyBpcyBub3Qgc2VjcmV0',
        iat: 1_773_480_413,
        nbf: 1_773_480_413,
        exp: 1_773_480_713,
        contract_digest: `sha-256:${'ab'.repeat(32)}`,
        tools: ['deploy.production'],
        environment: 'production',
        policy_version: 'default@3+0a1b2c3d',
        decision: 4,
        approvals: [{ voter: 'prs_01K0', at: '2026-03-14T09:25:53.589Z', method: 'passkey' }],
        obligations: [{ name: 'max_cost_usd', value: 5 }],
        gen: 1,
        audit_head: `sha-256:${'cd'.repeat(32)}`,
      },
    })
  })

  test('end after five minutes when nothing ends earlier', () => {
    expect(expOf({})).toBe(1_773_480_713)
    expect(expOf({ windowEndsAt: NOW + HOUR_MS })).toBe(1_773_480_713)
  })

  test('end with the change window, rounded down', () => {
    expect(expOf({ windowEndsAt: 1_773_480_500_999 })).toBe(1_773_480_500)
  })

  test('end with the execution window, rounded down', () => {
    expect(expOf({ executionWindowEndsAt: 1_773_480_499_999 })).toBe(1_773_480_499)
    const both = { windowEndsAt: NOW + MINUTE_MS, executionWindowEndsAt: 1_773_480_420_000 }
    expect(expOf(both)).toBe(1_773_480_420)
  })

  test('are refused when the change window has less than a second left', () => {
    expect(expOf({ windowEndsAt: NOW })).toBe('window_closed')
    expect(expOf({ windowEndsAt: NOW - HOUR_MS })).toBe('window_closed')
    expect(expOf({ windowEndsAt: 1_773_480_413_999 })).toBe('window_closed')
  })

  test('are refused when the execution window is over, whatever the change window says', () => {
    expect(expOf({ executionWindowEndsAt: NOW })).toBe('grant_lapsed')
    expect(expOf({ executionWindowEndsAt: NOW, windowEndsAt: NOW })).toBe('grant_lapsed')
  })

  test('never outlive any window and never live longer than five minutes', () => {
    const offset = fc.integer({ min: -2 * HOUR_MS, max: 2 * HOUR_MS })
    fc.assert(
      fc.property(offset, fc.option(offset), fc.nat(999), (execution, window, ms) => {
        const now = NOW + ms
        const windowEndsAt = window === null ? null : now + window
        const executionWindowEndsAt = now + execution
        const made = makeAllowClaims({ ...GRANT, windowEndsAt, executionWindowEndsAt }, now)
        if (!made.ok) {
          expect(Math.min(execution, window ?? execution)).toBeLessThan(1_000)
          return
        }
        const { iat, nbf, exp } = made.value
        expect(exp * 1_000).toBeLessThanOrEqual(executionWindowEndsAt)
        if (windowEndsAt !== null) expect(exp * 1_000).toBeLessThanOrEqual(windowEndsAt)
        expect(exp - iat).toBeLessThanOrEqual(300)
        expect(exp).toBeGreaterThan(iat)
        expect(nbf * 1_000).toBeLessThanOrEqual(now)
      }),
    )
  })

  test('say no more of approvals and obligations than the design lists', () => {
    const approval = { voter: 'prs_1', at: NOW, method: 'totp' as const, name: 'Mara' }
    const obligation = { name: 'dry-run', value: true, secret: 'x' }
    const made = makeAllowClaims(
      { ...GRANT, approvals: [approval], obligations: [obligation] },
      NOW,
    )
    expect(JSON.stringify(made)).not.toMatch(/Mara|secret/)
  })

  test('are ones that a verifier reads', () => {
    const made = makeAllowClaims({ ...GRANT, environment: null, approvals: [] }, NOW)
    expect(made.ok && readAllowClaims(made.value)).toEqual({
      ok: true,
      claims: made.ok && made.value,
    })
  })
})
