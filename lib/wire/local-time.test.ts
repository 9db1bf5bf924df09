import { expect, test } from 'vitest'
import { instantOfLocal, localOfInstant } from './local-time'

const BERLIN = 'Europe/Berlin'
const instant = (text: string) => new Date(instantOfLocal(text, BERLIN)).toISOString()

test('a time is read as the clock on the wall of that zone shows it', () => {
  expect(instant('2026-01-15T12:00')).toBe('2026-01-15T11:00:00.000Z')
  expect(instant('2026-07-15T12:00')).toBe('2026-07-15T10:00:00.000Z')
  expect(new Date(instantOfLocal('2026-07-15T12:00', 'UTC')).toISOString()).toBe(
    '2026-07-15T12:00:00.000Z',
  )
  expect(instantOfLocal('soon', BERLIN)).toBeNaN()
})

test('on the days when the clock is changed too: the hour before, within and after', () => {
  expect(instant('2026-03-29T01:30')).toBe('2026-03-29T00:30:00.000Z')
  // Left out: as far on as by the clock before.
  expect(instant('2026-03-29T02:30')).toBe('2026-03-29T01:30:00.000Z')
  expect(instant('2026-03-29T03:30')).toBe('2026-03-29T01:30:00.000Z')
  expect(instant('2026-10-25T01:30')).toBe('2026-10-24T23:30:00.000Z')
  // Comes twice: the first of the two.
  expect(instant('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z')
  expect(instant('2026-10-25T03:30')).toBe('2026-10-25T02:30:00.000Z')
})

test('what is shown in the field reads back as the same minute', () => {
  for (const at of ['2026-03-29T00:59:40Z', '2026-03-29T01:00:00Z', '2026-12-01T23:15:59Z']) {
    const read = instantOfLocal(localOfInstant(Date.parse(at), BERLIN), BERLIN)
    expect(read).toBe(Math.floor(Date.parse(at) / 60_000) * 60_000)
  }
})
