import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './canonical'
import { exactNumber } from './exact-number'
import { MAX_JSON_BYTES, MAX_JSON_DEPTH, parseJson } from './parse-json'

const text = fc.string({ unit: 'grapheme' })

/** JSON values as the parser takes them: whole characters, no key __proto__, no negative zero. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')).map((object) => {
      const { ['__proto__']: _, ...rest } = object
      return { ...rest }
    }),
  ),
})).value

test('what was serialised is read back the same, from text and from bytes', () => {
  fc.assert(
    fc.property(json, (value) => {
      const written = canonical(value)
      const read = parseJson(written)
      expect(read).toEqual({ ok: true, value })
      expect(parseJson(new TextEncoder().encode(written))).toEqual(read)
      expect(parseJson(JSON.stringify(value, null, '\t\r\n '))).toEqual(read)
    }),
  )
})

test('no input makes reading throw, and what is read, JSON.parse reads the same', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom(...'{}[]",:\\ \n01-+.eEtruefalsn"u00d8'), { maxLength: 40 })
      .map((all) => all.join('')),
    fc.json(),
  )
  fc.assert(
    fc.property(hostile, (input) => {
      const read = parseJson(input)
      if (read.ok) expect(canonical(read.value)).toBe(canonical(JSON.parse(input)))
      else expect(read.refusal.fields).toHaveLength(1)
    }),
    { numRuns: 500 },
  )
})

test('what JSON.parse refuses is refused', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (valid, place, noise) => {
      const at = place % (valid.length + 1)
      const input = valid.slice(0, at) + noise + valid.slice(at + 1)
      if (parseJson(input).ok) expect(() => JSON.parse(input)).not.toThrow()
    }),
  )
})

test('no bytes make reading throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseJson(bytes).ok === 'boolean'))
})

test('a number is read only if its decimal value stays the same', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 25 })
  fc.assert(
    fc.property(digits, digits, fc.integer({ min: -30, max: 30 }), (whole, fraction, exponent) => {
      const integer = BigInt(whole.join(''))
      const literal = `${integer}.${fraction.join('')}e${exponent}`
      const value = exactNumber(literal)
      const fitting = exactNumber(String(Number(literal)))
      expect(value === undefined || Object.is(value, fitting)).toBe(true)
      // The value as an exact fraction of powers of ten, by integers alone.
      const scaled = BigInt(whole.join('') + fraction.join(''))
      expect(value !== undefined).toBe(
        isSameDecimal(scaled, exponent - fraction.length, Number(literal)),
      )
    }),
    { numRuns: 1_000 },
  )
})

test.each(['1.0', '1e2', '0.10', '100', '1E+2', '0e999', '0.000', '9007199254740992', '12e-1'])(
  'the number %s is read',
  (literal) => {
    expect(parseJson(literal)).toEqual({ ok: true, value: Number(literal) })
  },
)

test('the bounds are exact: 256 KiB and 32 levels pass, one more is refused', () => {
  const full = `"${'x'.repeat(MAX_JSON_BYTES - 2)}"`
  expect(parseJson(full).ok).toBe(true)
  expect(parseJson(`${full} `)).toMatchObject({ refusal: { code: 'body_too_large' } })
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(parseJson(nested(MAX_JSON_DEPTH)).ok).toBe(true)
  expect(parseJson(nested(MAX_JSON_DEPTH + 1))).toMatchObject({ refusal: { code: 'too_deep' } })
  expect(parseJson('[[1]]', { maxDepth: 1 }).ok).toBe(false)
  expect(parseJson('[1]', { maxBytes: 2 }).ok).toBe(false)
})

test('three-byte characters count as three bytes', () => {
  const euros = `"${'€'.repeat(87_380)}"`
  expect(new TextEncoder().encode(euros).length).toBeLessThanOrEqual(MAX_JSON_BYTES)
  expect(parseJson(euros).ok).toBe(true)
  expect(parseJson(`"${'€'.repeat(87_381)}"`).ok).toBe(false)
})

test('a refusal names the line, the column and the member', () => {
  expect(parseJson('{\n  "context": {\n    "rollback_plan": tru\n  }\n}')).toEqual({
    ok: false,
    refusal: {
      code: 'invalid_json',
      detail: 'Line 3, column 22: a value was expected, but found something else.',
      fields: [
        {
          path: '/context/rollback_plan',
          message: 'Line 3, column 22: a value was expected, but found something else.',
          code: 'invalid_json',
        },
      ],
    },
  })
})

test('pointers are escaped, and long names are cut', () => {
  const path = (input: string) => {
    const read = parseJson(input)
    return read.ok ? undefined : read.refusal.fields?.[0]?.path
  }
  expect(path('{"a/b":{"c~d":-0}}')).toBe('/a~1b/c~0d')
  expect(path(`{"${'k'.repeat(100_000)}":-0}`)).toBe(`/${'k'.repeat(80)}…`)
})

test('a raw half beside an escaped half is not a whole character', () => {
  expect(parseJson('"\ud83d\\ude80"')).toMatchObject({ refusal: { code: 'lone_surrogate' } })
  expect(parseJson('"\\ud83d\ude80"')).toMatchObject({ refusal: { code: 'lone_surrogate' } })
})

test('names that every object inherits are ordinary names', () => {
  const read = parseJson('{"constructor":1,"toString":2,"hasOwnProperty":3,"prototype":4}')
  expect(read.ok && Object.entries(read.value ?? {})).toEqual([
    ['constructor', 1],
    ['toString', 2],
    ['hasOwnProperty', 3],
    ['prototype', 4],
  ])
})

// No clock: anything quadratic would run into the test's time limit by far.
test('hostile input of full size is read or refused in linear time', () => {
  const half = MAX_JSON_BYTES / 2
  for (const input of [
    '['.repeat(MAX_JSON_BYTES),
    `[${'1,'.repeat(half - 2)}1]`,
    `"${'\\n'.repeat(half - 1)}"`,
    `"${'\\'.repeat(MAX_JSON_BYTES - 2)}`,
    `0.${'0'.repeat(MAX_JSON_BYTES - 10)}1`,
    `1${'0'.repeat(MAX_JSON_BYTES - 2)}`,
    `1e${'9'.repeat(MAX_JSON_BYTES - 2)}`,
    ' '.repeat(MAX_JSON_BYTES),
    '\n'.repeat(MAX_JSON_BYTES),
    `{${Array.from({ length: 20_000 }, (_, index) => `"${index}":1`).join(',')}}`,
  ]) {
    expect(typeof parseJson(input).ok).toBe('boolean')
  }
})

/** Whether scaled × 10^power is the value of the shortest decimal of a double, by integer arithmetic. */
function isSameDecimal(scaled: bigint, power: number, double: number): boolean {
  const [, mantissa = '', exponent = '0'] = /^(.+?)(?:e([+-]\d+))?$/.exec(String(double)) ?? []
  const [whole = '', fraction = ''] = mantissa.split('.')
  const otherPower = Number(exponent) - fraction.length
  const least = Math.min(power, otherPower)
  return (
    scaled * 10n ** BigInt(power - least) ===
    BigInt(whole + fraction) * 10n ** BigInt(otherPower - least)
  )
}
