import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isId, newId } from './ids'

const LAST_TIME = 2 ** 48 - 1
const time = fc.integer({ min: 0, max: LAST_TIME })
const random = fc.uint8Array({ minLength: 10, maxLength: 10 })

test('an id is its prefix and a ULID', () => {
  // The example of the specification.
  expect(newId('req', 1_469_918_176_385, new Uint8Array(10))).toBe('req_01ARYZ6S410000000000000000')
  expect(newId('clr', LAST_TIME, new Uint8Array(10).fill(255))).toBe(
    'clr_7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
  )
})

test('every time and every randomness give a well-formed id', () => {
  fc.assert(fc.property(time, random, (now, bytes) => isId('vot', newId('vot', now, bytes))))
})

test('different randomness gives a different id', () => {
  fc.assert(
    fc.property(time, random, fc.nat(9), fc.integer({ min: 1, max: 255 }), (now, bytes, at, by) => {
      const other = bytes.map((byte, index) => (index === at ? byte ^ by : byte))
      return newId('req', now, bytes) !== newId('req', now, other)
    }),
  )
})

test('a later millisecond sorts later', () => {
  fc.assert(
    fc.property(time, time, random, random, (a, b, x, y) => {
      fc.pre(a < b)
      return newId('req', a, x) < newId('req', b, y)
    }),
  )
})

test('a wrong time or too little randomness is a fault', () => {
  expect(() => newId('req', -1, new Uint8Array(10))).toThrow(RangeError)
  expect(() => newId('req', 0.5, new Uint8Array(10))).toThrow(RangeError)
  expect(() => newId('req', LAST_TIME + 1, new Uint8Array(10))).toThrow(RangeError)
  expect(() => newId('req', 0, new Uint8Array(9))).toThrow(RangeError)
})

test('an id of another kind or with anything around it is not an id', () => {
  const id = newId('req', 1_469_918_176_385, new Uint8Array(10))
  expect(isId('req', id)).toBe(true)
  for (const other of [
    id.replace('req', 'clr'),
    `${id}0`,
    `${id}\n`,
    ` ${id}`,
    id.toLowerCase(),
    '',
    'req_',
    'req_8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    'req_0IIIIIIIIIIIIIIIIIIIIIIIII',
  ]) {
    expect(isId('req', other)).toBe(false)
  }
})
