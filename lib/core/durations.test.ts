import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS, parseDuration, SECOND_MS } from './durations'

test.each([
  ['300s', 300 * SECOND_MS],
  ['5m', 5 * MINUTE_MS],
  ['24 h', DAY_MS],
  ['24h', DAY_MS],
  ['2 days', 2 * DAY_MS],
  ['1h30m', 90 * MINUTE_MS],
  ['1 h 30 min', 90 * MINUTE_MS],
  [' 10 Minutes ', 10 * MINUTE_MS],
  ['250ms', 250],
  ['1d 2h 3m 4s', DAY_MS + 2 * HOUR_MS + 3 * MINUTE_MS + 4 * SECOND_MS],
])('%s is a duration', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs)
})

test.each([
  '',
  '300',
  's',
  '0s',
  '-5m',
  '1.5h',
  '5 fortnights',
  '1h1h',
  '30m1h',
  '5m;',
  '1e3s',
  '9999999999d',
  '5constructor',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test('reading a duration never throws and never yields a fraction', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const durationMs = parseDuration(text)
      return durationMs === undefined || (Number.isSafeInteger(durationMs) && durationMs > 0)
    }),
  )
})

test('people read the two largest parts', () => {
  expect(formatDuration(23 * HOUR_MS + 49 * MINUTE_MS + 59 * SECOND_MS)).toBe('23 h 49 min')
  expect(formatDuration(5 * MINUTE_MS)).toBe('5 min')
  expect(formatDuration(DAY_MS)).toBe('1 day')
  expect(formatDuration(3 * DAY_MS + HOUR_MS)).toBe('3 days 1 h')
  expect(formatDuration(HOUR_MS + 5 * SECOND_MS)).toBe('1 h')
  expect(formatDuration(999)).toBe('0 s')
  expect(formatDuration(-1)).toBe('0 s')
})
