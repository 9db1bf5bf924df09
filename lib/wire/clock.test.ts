import { describe, expect, it } from 'vitest'
import { longSpanText, spanText, timeText, zoneName } from './clock'

const berlin = { zone: 'Europe/Berlin', now: '2026-03-16T09:52:04Z' }

describe('times are shown in the zone of the page', () => {
  it.each([
    ['time', '10:41'],
    ['seconds', '10:41:07'],
    ['millis', '10:41:07.181'],
    ['short', '10:41'],
    ['day', 'Mon 16 Mar 10:41'],
    ['day_seconds', 'Mon 16 Mar 10:41:07'],
    ['full', 'Mon 16 Mar 2026 10:41:07 CET'],
  ] as const)('%s', (form, text) => {
    expect(timeText('2026-03-16T09:41:07.181Z', form, berlin)).toBe(text)
  })

  it('a short time of another day says which day', () => {
    expect(timeText('2026-03-17T09:41:07Z', 'short', berlin)).toBe('Tue 10:41')
  })

  it('the day is the one of the zone, not of UTC', () => {
    expect(timeText('2026-03-16T23:30:00Z', 'day', berlin)).toBe('Tue 17 Mar 00:30')
  })

  it('the zone is called as on that day', () => {
    expect(zoneName(berlin)).toBe('CET')
    expect(zoneName({ zone: 'Europe/Berlin', now: '2026-07-01T00:00:00Z' })).toBe('CEST')
  })

  it('September has three letters like every month', () => {
    expect(timeText('2026-09-01T09:00:00Z', 'day', berlin)).toBe('Tue 1 Sep 11:00')
  })
})

describe('lengths', () => {
  it.each([
    [-5, '0 ms'],
    [25, '25 ms'],
    [40_999, '40 s'],
    [59 * 60_000 + 59_999, '59 min'],
    [85_740_000, '23 h 49 min'],
    [72_300_000, '20 h 05 min'],
    [4 * 3_600_000, '4 h'],
    [76 * 3_600_000, '3 d 4 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(spanText(ms)).toBe(text)
  })

  it('running text says one unit in full', () => {
    expect(longSpanText(38 * 60_000 + 1)).toBe('38 minutes')
    expect(longSpanText(3_600_000)).toBe('1 hour')
    expect(longSpanText(50 * 3_600_000)).toBe('2 days')
  })
})
