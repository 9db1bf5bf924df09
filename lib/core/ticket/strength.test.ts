import { expect, test } from 'vitest'
import type { Channel, MfaLevel, MfaMethod } from '../policy/types'
import { levelFor, weaknessOf } from './strength'
import { RELEASE } from './test-facts'

/** Level × method × channel × slack_totp: all of it. `null` = strong enough. */
const TABLE: [MfaLevel, MfaMethod, Channel, boolean, string | null][] = [
  ['none', 'none', 'web', false, null],
  ['none', 'none', 'slack', false, null],
  ['none', 'totp', 'web', false, null],
  ['none', 'totp', 'slack', false, null],
  ['none', 'passkey', 'web', false, null],
  ['none', 'passkey', 'slack', false, null],
  ['any', 'none', 'web', true, 'mfa_required'],
  ['any', 'none', 'slack', true, 'mfa_required'],
  ['any', 'totp', 'web', false, null],
  ['any', 'totp', 'slack', true, null],
  ['any', 'totp', 'slack', false, 'channel_not_allowed'],
  ['any', 'passkey', 'web', false, null],
  ['any', 'passkey', 'slack', true, 'channel_not_allowed'],
  ['phishing_resistant', 'none', 'web', true, 'mfa_required'],
  ['phishing_resistant', 'none', 'slack', true, 'mfa_required'],
  ['phishing_resistant', 'totp', 'web', true, 'mfa_not_phishing_resistant'],
  ['phishing_resistant', 'totp', 'slack', true, 'mfa_not_phishing_resistant'],
  ['phishing_resistant', 'passkey', 'web', false, null],
  ['phishing_resistant', 'passkey', 'slack', true, 'channel_not_allowed'],
]

test.each(TABLE)(
  'level %s, %s by %s, slack_totp %s: %s',
  (level, method, channel, slack_totp, told) => {
    expect(weaknessOf({ method, channel }, { ...RELEASE, slack_totp }, level)).toBe(told)
  },
)

test('a phishing-resistant requirement is never met from inside Slack', () => {
  for (const method of ['none', 'totp', 'passkey'] as const) {
    const proof = { method, channel: 'slack' } as const
    expect(weaknessOf(proof, RELEASE, 'phishing_resistant')).not.toBe(null)
  }
})

test('a channel that the approval does not name is refused whatever the method', () => {
  const webOnly = { ...RELEASE, via: ['web' as const] }
  expect(weaknessOf({ method: 'totp', channel: 'slack' }, webOnly, 'none')).toBe(
    'channel_not_allowed',
  )
})

test('an mfa requirement of the ticket raises what each approval asks, never lowers it', () => {
  const any = { kind: 'mfa', id: 'mfa', level: 'any' } as const
  const strong = { kind: 'mfa', id: 'mfa', level: 'phishing_resistant' } as const
  const lax = { ...RELEASE, mfa: 'none' as const }
  const strict = { ...RELEASE, mfa: 'phishing_resistant' as const }
  expect(levelFor(lax, [])).toBe('none')
  expect(levelFor(lax, [any])).toBe('any')
  expect(levelFor(RELEASE, [strong])).toBe('phishing_resistant')
  expect(levelFor(strict, [any])).toBe('phishing_resistant')
})
