import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical } from '../contract/canonical'
import type { Json } from '../contract/json'
import { firstDifference } from './json-difference'

const someJson = fc.jsonValue({ maxDepth: 4 }).map((value) => value as Json)

describe('two JSON values', () => {
  test('are equal exactly when their canonical forms are', () => {
    fc.assert(
      fc.property(someJson, someJson, (a, b) => {
        expect(firstDifference(a, b) === undefined).toBe(canonical(a) === canonical(b))
      }),
    )
  })

  test('are equal to a copy with its members in another order', () => {
    fc.assert(
      fc.property(someJson, (value) => {
        expect(firstDifference(value, reversed(value))).toBeUndefined()
      }),
    )
  })

  test.each<[Json | undefined, Json | undefined, string]>([
    [undefined, null, ''],
    [undefined, {}, ''],
    [{}, undefined, ''],
    [null, {}, ''],
    [[], {}, ''],
    [1, '1', ''],
    [true, 1, ''],
    [{ a: 1 }, { a: 2 }, '/a'],
    [{ a: null }, {}, '/a'],
    [{}, { a: null }, '/a'],
    [{ a: [1, 2] }, { a: [1, 3] }, '/a/1'],
    [{ a: [1, 2] }, { a: [1] }, '/a/1'],
    [[], [null], '/0'],
    [[1, 2], [2, 1], '/0'],
    [{ 'a/b': { '~': 1 } }, { 'a/b': { '~': 2 } }, '/a~1b/~0'],
    [{ constructor: 1 }, {}, '/constructor'],
    [{}, { toString: 1 }, '/toString'],
    [JSON.parse('{"__proto__":{}}'), {}, '/__proto__'],
    [{}, JSON.parse('{"__proto__":{}}'), '/__proto__'],
    ['é', 'e\u0301', ''],
  ])('%j and %j differ at %j', (a, b, path) => {
    expect(firstDifference(a, b)).toBe(path)
  })

  test('differ when what is no JSON stands on both sides', () => {
    expect(firstDifference(Number.NaN, Number.NaN)).toBe('')
    const holes = { a: undefined } as unknown as Json
    expect(firstDifference(holes, holes)).toBe('/a')
  })

  test('are equal when both are absent, and 0 is -0', () => {
    expect(firstDifference(undefined, undefined)).toBeUndefined()
    expect(firstDifference(0, -0)).toBeUndefined()
  })
})

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const copy: Json = {}
  for (const [name, member] of Object.entries(value).reverse()) {
    Object.defineProperty(copy, name, {
      value: reversed(member),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return copy
}
