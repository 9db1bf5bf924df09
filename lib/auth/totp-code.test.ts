import { describe, expect, test } from 'vitest'
import {
  codeOfStep,
  isTotpCode,
  matchingStep,
  totpSecretText,
  totpStep,
  totpUri,
} from './totp-code'

const SECRET = Buffer.from('12345678901234567890', 'ascii')

describe('codes of an authenticator app', () => {
  // RFC 6238 appendix B, SHA-1; its eight digits cut to the last six.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at second %i the code is %s', (second, code) => {
    const now = second * 1000
    expect(codeOfStep(SECRET, totpStep(now))).toBe(code)
    expect(matchingStep(SECRET, code, now)).toBe(totpStep(now))
  })

  test('a code counts for its own step, from one step before it to one after', () => {
    const now = 1_111_111_111_000
    const step = totpStep(now)
    const matches = [-2, -1, 0, 1, 2].map((offset) =>
      matchingStep(SECRET, codeOfStep(SECRET, step + offset), now),
    )
    expect(matches).toEqual([null, step - 1, step, step + 1, null])
  })

  test.each(['28708', '2870820', ' 287082', '287082\n', '28708x', '', '２８７０８２'])(
    '%j is no code',
    (text) => {
      expect(isTotpCode(text)).toBe(false)
      expect(matchingStep(SECRET, text, 59_000)).toBeNull()
    },
  )

  test('the URI holds what an app needs', () => {
    const uri = totpUri({
      secret: SECRET,
      issuer: 'Osterby & Sons',
      account: 'mara@osterby.example',
    })
    const url = new URL(uri)
    expect(url.protocol).toBe('otpauth:')
    expect(decodeURIComponent(url.pathname)).toContain('Osterby & Sons:mara@osterby.example')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      issuer: 'Osterby & Sons',
      secret: totpSecretText(SECRET),
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})
