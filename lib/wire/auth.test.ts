import { describe, expect, test } from 'vitest'
import {
  confirmTotpForm,
  enrolPasskeyForm,
  factorForm,
  passkeyAssertion,
  signInForm,
  startEnrolmentForm,
  totpCode,
} from './auth'

const ASSERTION = {
  id: 'Y3JlZA',
  rawId: 'Y3JlZA',
  type: 'public-key',
  response: { clientDataJSON: 'e30', authenticatorData: 'AAAA', signature: 'AAAA' },
  clientExtensionResults: { credProps: { rk: true } },
}
const REGISTRATION = {
  ...ASSERTION,
  response: { clientDataJSON: 'e30', attestationObject: 'AAAA', transports: ['internal'] },
}
const PERSON = 'prs_01KKV0AHSRQXN1VRVCC3AEQSTZ'

describe('a code', () => {
  test('is six digits, with space around it taken off', () => {
    expect(totpCode.parse(' 012345\n')).toBe('012345')
  })

  test.each(['01234', '0123456', '012 345', '٠١٢٣٤٥', '01234a', '-12345', ''])(
    '%j is refused',
    (text) => {
      expect(totpCode.safeParse(text).success).toBe(false)
    },
  )
})

describe('what a browser answers', () => {
  test('is read without what extensions say', () => {
    expect(passkeyAssertion.parse(ASSERTION).clientExtensionResults).toEqual({})
    const form = enrolPasskeyForm.parse({ name: ' Laptop ', response: REGISTRATION })
    expect(form.name).toBe('Laptop')
  })

  test.each([
    ['another type', { type: 'password' }],
    ['a number for an id', { id: 7 }],
    ['no base64url', { id: 'a+b/' }],
    ['an endless id', { id: 'A'.repeat(2000) }],
    ['no response', { response: undefined }],
    ['an endless signature', { response: { ...ASSERTION.response, signature: 'A'.repeat(3000) } }],
  ])('with %s is refused', (_name, changed) => {
    expect(passkeyAssertion.safeParse({ ...ASSERTION, ...changed }).success).toBe(false)
  })
})

describe('a form', () => {
  test('signs in by a link’s secret or a passkey, and by nothing else', () => {
    expect(signInForm.safeParse({ method: 'link', secret: 'A'.repeat(43) }).success).toBe(true)
    expect(signInForm.safeParse({ method: 'passkey', assertion: ASSERTION }).success).toBe(true)
    expect(signInForm.safeParse({ method: 'link', secret: 'A'.repeat(42) }).success).toBe(false)
    expect(signInForm.safeParse({ method: 'oidc', email: 'a@b.example' }).success).toBe(false)
  })

  test('that changes factors says whether a factor is offered', () => {
    expect(startEnrolmentForm.safeParse({ proof: null }).success).toBe(true)
    expect(startEnrolmentForm.safeParse({}).success).toBe(false)
    const factor = { kind: 'totp', personId: PERSON }
    const proof = { kind: 'totp', code: '012345' }
    expect(factorForm.safeParse({ factor, proof }).success).toBe(true)
    expect(factorForm.safeParse({ factor: { kind: 'sms' }, proof }).success).toBe(false)
  })

  test('that ends an enrolment names it', () => {
    const enrolmentId = 'chl_01KKV0AHSRQXN1VRVCC3AEQSTZ'
    expect(confirmTotpForm.safeParse({ enrolmentId, code: '012345' }).success).toBe(true)
    expect(confirmTotpForm.safeParse({ enrolmentId: PERSON, code: '012345' }).success).toBe(false)
  })
})
