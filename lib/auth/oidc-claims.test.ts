import { describe, expect, test } from 'vitest'
import type { OidcConfig } from '#lib/config'
import { fillClaims, isThin, readOidcClaims } from './oidc-claims'

const CONFIG: OidcConfig = {
  issuer: 'https://id.example/',
  clientId: 'countersign',
  clientSecret: 's',
  name: 'Example',
  scope: 'openid email',
  groups: {
    claim: 'https://example.com/groups',
    pairs: [
      { value: 'release-team', group: 'release_managers' },
      { value: 'oncall', group: 'release_managers' },
      { value: 'finance', group: 'finance_approvers' },
    ],
  },
}
const RIGHT = { iss: 'https://id.example', sub: 'a', nonce: 'n', email: 'a@b.c' }
const read = (claims: object) => readOidcClaims({ ...RIGHT, ...claims }, CONFIG)

describe('claims', () => {
  test('of another issuer, or without subject or nonce, are none', () => {
    expect(read({})).toMatchObject({ issuer: 'https://id.example', subject: 'a' })
    for (const odd of [
      { iss: 'https://evil.example' },
      { iss: 'https://id.example.evil' },
      { iss: undefined },
      { sub: '' },
      { sub: 7 },
      { sub: 'x'.repeat(256) },
      { nonce: undefined },
    ]) {
      expect(read(odd)).toBeNull()
    }
    expect(readOidcClaims(undefined, CONFIG)).toBeNull()
  })

  test('verify an address by the boolean true alone', () => {
    for (const odd of ['true', 1, undefined, null, [true]]) {
      expect(read({ email_verified: odd })?.emailVerified).toBe(false)
    }
    expect(read({ email_verified: true })?.emailVerified).toBe(true)
    expect(read({ email: ['a@b.c'] })?.email).toBe('')
  })

  test('map to groups value by value, and by nothing that looks like one', () => {
    const groupsOf = (said: unknown) => read({ 'https://example.com/groups': said })?.groups
    expect(groupsOf(['oncall', 'release-team', 'finance', 'x'])).toEqual([
      'finance_approvers',
      'release_managers',
    ])
    expect(groupsOf('finance')).toEqual(['finance_approvers'])
    for (const none of [undefined, null, 'finance,oncall', [['finance']], { finance: true }, []]) {
      expect(groupsOf(none)).toEqual([])
    }
    expect(readOidcClaims(RIGHT, { ...CONFIG, groups: null })?.groups).toBeNull()
  })
})

describe('what an ID token leaves out', () => {
  const other = { ...CONFIG, groups: null }

  test('is asked for, and only then', () => {
    expect(isThin({ email: 'a@b.c', email_verified: true }, other)).toBe(false)
    expect(isThin({ email: 'a@b.c', email_verified: true }, CONFIG)).toBe(true)
    expect(isThin({ email: 'a@b.c' }, other)).toBe(true)
    expect(isThin({}, other)).toBe(true)
  })

  test('is filled in, and nothing that it says is replaced', () => {
    const userinfo = { sub: 'b', iss: 'x', email: 'x@y.z', email_verified: true, nonce: 'other' }
    expect(fillClaims({ ...RIGHT, email: undefined }, userinfo, other)).toEqual({
      ...RIGHT,
      email: 'x@y.z',
      email_verified: true,
    })
    expect(fillClaims({ ...RIGHT, email_verified: false }, userinfo, other)).toEqual({
      ...RIGHT,
      email_verified: false,
    })
  })

  test('never verifies one address by another', () => {
    const userinfo = { email: 'x@y.z', email_verified: true }
    expect(fillClaims(RIGHT, userinfo, other)).toEqual(RIGHT)
    const thin = { ...RIGHT, email: undefined, email_verified: true }
    expect(fillClaims(thin, { email: 'x@y.z' }, other)['email_verified']).toBeUndefined()
    const same = { email: 'a@b.c', email_verified: true }
    expect(fillClaims(RIGHT, same, other)['email_verified']).toBe(true)
  })
})
