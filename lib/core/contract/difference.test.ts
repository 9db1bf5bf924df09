import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { canonical } from './canonical'
import { type Difference, difference, textOf } from './difference'
import type { Json } from './json'

function between(old: Json, fresh: Json): Difference {
  return difference(canonical(old), canonical(fresh))
}

/** "-old text" and "+new text" of what differs, the changed characters in brackets. */
function told({ lines }: Difference): string[] {
  return lines
    .filter(({ side }) => side !== 'same')
    .map(({ side, before, changed, after }) => {
      return `${side === 'old' ? '-' : '+'}${before}[${changed}]${after}`
    })
}

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false, 0, 1, 'a', 'b', '', '\u202e', '😀x', '"\\'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'id', 'name', 'Ä', '10', '9', '"'), tie('value'), {
      maxKeys: 4,
    }),
  ),
})).value

describe('what differs between two contracts', () => {
  test('reads back as exactly the two texts, whatever they are', () => {
    fc.assert(
      fc.property(json, json, (old, fresh) => {
        const found = between(old, fresh)
        expect(textOf(found, 'old')).toBe(canonical(old))
        expect(textOf(found, 'new')).toBe(canonical(fresh))
        expect(found.changedCount === 0).toBe(canonical(old) === canonical(fresh))
      }),
      { numRuns: 1_000 },
    )
  })

  test('marks at least one character or line for every change of one leaf, and nothing else', () => {
    fc.assert(
      fc.property(json, fc.string(), fc.string(), (rest, a, b) => {
        fc.pre(a !== b)
        const found = between({ rest, value: a }, { rest, value: b })
        expect(told(found)).toHaveLength(2)
        const marked = found.lines.map(({ changed }) => changed).join('')
        expect(marked).not.toBe('')
      }),
    )
  })

  it('marks the digits that changed, and leaves the rest of the line', () => {
    const payout = (amount: string) => ({ amount, creditor: 'Kestrel', iban: 'DE02' })
    expect(told(between(payout('48200.00'), payout('82200.00')))).toEqual([
      '-"amount":"[48]200.00"',
      '+"amount":"[82]200.00"',
    ])
  })

  it('tells added and removed members, and not the commas that come with them', () => {
    const found = between({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 2 }, d: [3] })
    expect(told(found)).toEqual(['+["d":[]', '+[3]'])
  })

  it('matches items of a list by what they are: one put in front moves nothing', () => {
    const found = between(['b', 'c'], ['a', 'b', 'c'])
    expect(told(found)).toEqual(['+["a"]'])
  })

  it('matches objects of a list by their name before their place', () => {
    const old = [
      { name: 'x', n: 1 },
      { name: 'y', n: 2 },
    ]
    const fresh = [{ name: 'y', n: 3 }]
    expect(told(between(old, fresh))).toEqual([
      '-[{]',
      '-["n":1]',
      '-["name":"x"]',
      '-"n":[2]',
      '+"n":[3]',
    ])
  })

  it('cuts neither a pair nor an escape in half', () => {
    expect(told(between('😀', '😁'))).toEqual(['-"[😀]"', '+"[😁]"'])
    expect(told(between('\u0001', '\u0002'))).toEqual(['-"[\\u0001]"', '+"[\\u0002]"'])
  })

  it('takes no text that is not what was hashed', () => {
    expect(() => difference('{"b":1,"a":2}', '{}')).toThrow('canonical')
  })

  it('comes to an end on the largest lists that a contract can hold', () => {
    const long = (from: number) => Array.from({ length: 30_000 }, (_, at) => at * 2 + from)
    const found = between(long(0), long(1))
    expect(textOf(found, 'new')).toBe(canonical(long(1)))
  })
})
