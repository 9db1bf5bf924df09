import { expect, test } from 'vitest'
import { doorTarget } from './door-target'

const form = (...pairs: [string, string][]) => new URLSearchParams(pairs).toString()
const recovery = (...pairs: [string, string][]) => doorTarget('recovery', form(...pairs))

test('what a form says besides does not lead the count astray', () => {
  const link = doorTarget('link', form(['secret', 'a']))
  expect(link).not.toBeNull()
  expect(doorTarget('link', form(['email', 'random@x.example'], ['secret', 'a']))).toBe(link)
  const assertion = JSON.stringify({ id: 'credential' })
  const passkey = doorTarget('passkey', form(['assertion', assertion]))
  expect(passkey).not.toBeNull()
  expect(
    doorTarget(
      'passkey',
      form(['email', 'a@x.example'], ['assertion', assertion], ['secret', 'b']),
    ),
  ).toBe(passkey)
})

test('of a field that stands there twice the one counts that the door reads: the last', () => {
  const one = recovery(['email', 'mara@x.example'])
  expect(recovery(['email', 'random@x.example'], ['email', ' Mara@X.example'])).toBe(one)
  expect(recovery(['email', 'mara@x.example'], ['email', 'random@x.example'])).not.toBe(one)
})

test('an address is never kept as it was sent, and nobody named is nobody', () => {
  expect(recovery(['email', 'mara@x.example'])).not.toContain('mara')
  expect(recovery(['email', ''])).toBeNull()
  expect(doorTarget('passkey', form(['assertion', '{']))).toBeNull()
  expect(doorTarget('oidc', form(['email', 'a@x.example']))).toBeNull()
})
