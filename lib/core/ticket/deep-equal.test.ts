import { expect, test } from 'vitest'
import { deepEqual } from './deep-equal'

test('the order of members says nothing, the order of lists does', () => {
  expect(deepEqual({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true)
  expect(deepEqual([1, 2], [2, 1])).toBe(false)
})

test('an undefined member equals an absent one, as after being stored', () => {
  expect(deepEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true)
  expect(deepEqual({ a: 1 }, { a: 1, b: null })).toBe(false)
})

test.each([
  [1, '1'],
  [null, {}],
  [{}, []],
  [[], {}],
  [[1], [1, 2]],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1, b: 2 }, { a: 1 }],
  [{}, { constructor: Object }],
])('%j does not equal %j', (a, b) => {
  expect(deepEqual(a, b)).toBe(false)
})
