import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations'
import type { Calendar, Weekday } from './types'
import { windowAt } from './window'
import { isKnownZone, offsetAt } from './zone-clock'

const WEEK: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const WORKDAYS: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri']

function calendar(over: Partial<Calendar> = {}): Calendar {
  return {
    zone: 'Europe/Berlin',
    label: 'Monday to Friday 09:00 to 17:00',
    hours: [{ days: WORKDAYS, from: '09:00', to: '17:00' }],
    holidays: [],
    freezes: [],
    ...over,
  }
}

const at = (text: string): number => Date.parse(text)
const always = { hours: [{ days: WEEK, from: '00:00', to: '24:00' }] }

describe('windowAt', () => {
  it('is open within the hours and says when they end', () => {
    expect(windowAt(calendar(), at('2026-03-16T10:41:00+01:00'))).toEqual({
      open: true,
      shutsAt: at('2026-03-16T17:00:00+01:00'),
    })
  })

  it('is open at the first instant of the hours and shut at the last', () => {
    expect(windowAt(calendar(), at('2026-03-16T09:00:00+01:00')).open).toBe(true)
    expect(windowAt(calendar(), at('2026-03-16T16:59:59.999+01:00')).open).toBe(true)
    expect(windowAt(calendar(), at('2026-03-16T17:00:00+01:00')).open).toBe(false)
  })

  it('opens on Monday when it shut on Friday', () => {
    expect(windowAt(calendar(), at('2026-03-20T17:00:00+01:00'))).toEqual({
      open: false,
      opensAt: at('2026-03-23T09:00:00+01:00'),
    })
  })

  it('keeps local hours when the clocks are set forward over the weekend', () => {
    expect(windowAt(calendar(), at('2026-03-27T18:00:00+01:00')).opensAt).toBe(
      at('2026-03-30T09:00:00+02:00'),
    )
  })

  it('leaves out hours that the clock skips', () => {
    const night = calendar({ hours: [{ days: ['sun'], from: '02:10', to: '02:50' }] })
    expect(windowAt(night, at('2026-03-28T12:00:00+01:00')).opensAt).toBe(
      at('2026-04-05T02:10:00+02:00'),
    )
  })

  it('opens twice when the clock repeats the hour', () => {
    const night = calendar({ hours: [{ days: ['sun'], from: '02:10', to: '02:50' }] })
    expect(windowAt(night, at('2026-10-25T02:20:00+02:00')).shutsAt).toBe(
      at('2026-10-25T02:50:00+02:00'),
    )
    expect(windowAt(night, at('2026-10-25T02:55:00+02:00')).opensAt).toBe(
      at('2026-10-25T02:10:00+01:00'),
    )
  })

  it('joins hours that meet at midnight', () => {
    const night = calendar({
      hours: [
        { days: ['mon'], from: '22:00', to: '24:00' },
        { days: ['tue'], from: '00:00', to: '06:00' },
      ],
    })
    expect(windowAt(night, at('2026-03-16T23:00:00+01:00')).shutsAt).toBe(
      at('2026-03-17T06:00:00+01:00'),
    )
  })

  it('is shut for the whole of a holiday', () => {
    const closed = calendar({ holidays: ['2026-12-25'] })
    expect(windowAt(closed, at('2026-12-24T17:00:00+01:00')).opensAt).toBe(
      at('2026-12-28T09:00:00+01:00'),
    )
  })

  it('is shut during a freeze and opens when it ends within the hours', () => {
    const frozen = calendar({
      freezes: [
        { from: at('2026-03-16T12:00:00Z'), until: at('2026-03-18T10:30:00Z'), reason: 'Audit' },
      ],
    })
    expect(windowAt(frozen, at('2026-03-16T11:00:00Z')).shutsAt).toBe(at('2026-03-16T12:00:00Z'))
    expect(windowAt(frozen, at('2026-03-17T10:00:00Z'))).toEqual({
      open: false,
      opensAt: at('2026-03-18T10:30:00Z'),
    })
  })

  it('jumps over a freeze of many years', () => {
    const frozen = calendar({
      ...always,
      freezes: [{ from: 0, until: at('2090-01-01T00:00:00Z'), reason: 'Wound up' }],
    })
    expect(windowAt(frozen, at('2026-01-01T00:00:00Z')).opensAt).toBe(at('2090-01-01T00:00:00Z'))
  })

  it('never shuts when it is open around the clock', () => {
    expect(windowAt(calendar(always), at('2026-03-16T03:00:00Z'))).toEqual({ open: true })
  })

  it('shuts around the clock only for a holiday or a freeze, however far away', () => {
    const holiday = calendar({ ...always, holidays: ['2031-05-01', '2020-05-01'] })
    expect(windowAt(holiday, at('2026-03-16T03:00:00Z')).shutsAt).toBe(
      at('2031-05-01T00:00:00+02:00'),
    )
    const freeze = { from: at('2029-01-01T00:00:00Z'), until: at('2029-01-02T00:00:00Z') }
    const frozen = calendar({ ...always, freezes: [{ ...freeze, reason: 'Move' }] })
    expect(windowAt(frozen, at('2026-03-16T03:00:00Z')).shutsAt).toBe(freeze.from)
  })

  it('never opens without hours', () => {
    expect(windowAt(calendar({ hours: [] }), at('2026-03-16T03:00:00Z'))).toEqual({ open: false })
  })

  it('gives the same answer whatever was asked before', () => {
    const one = calendar()
    const times = [
      at('2026-03-16T10:00:00Z'),
      at('2026-03-20T22:00:00Z'),
      at('2026-03-16T02:00:00Z'),
    ]
    for (const time of [...times, ...times.reverse()]) {
      expect(windowAt(one, time)).toEqual(windowAt(calendar(), time))
    }
  })

  it('agrees with a scan of the clock on the wall, in every zone, over every change of it', () => {
    fc.assert(
      fc.property(scenario, ({ calendar: drawn, now }) => {
        const expected = scan(drawn, now)
        const found = windowAt(drawn, now)
        expect(found.open).toBe(expected.open)
        const change = found.opensAt ?? found.shutsAt ?? Number.POSITIVE_INFINITY
        if (expected.changesAt === undefined) expect(change).toBeGreaterThan(now + SCANNED_MS)
        else expect(change).toBe(expected.changesAt)
      }),
      { numRuns: 300 },
    )
  }, 60_000)
})

describe('isKnownZone', () => {
  it('tells IANA zones from other names', () => {
    expect(isKnownZone('Europe/Berlin')).toBe(true)
    expect(isKnownZone('Europe/Atlantis')).toBe(false)
    expect(isKnownZone('')).toBe(false)
  })
})

const SCANNED_MS = 3 * DAY_MS
/** Everything drawn below, and every change of the clock, falls on a quarter of an hour. */
const STEP_MS = 15 * MINUTE_MS
/** Just before a change of the clock in some of the zones below, and two ordinary days. */
const MOMENTS = [
  '2026-03-28T20:00:00Z',
  '2026-10-24T20:00:00Z',
  '2026-03-07T20:00:00Z',
  '2026-10-31T20:00:00Z',
  '2026-04-04T02:00:00Z',
  '2026-10-03T02:00:00Z',
  '2026-04-23T10:00:00Z',
  '2026-06-10T00:00:00Z',
  '2026-12-30T00:00:00Z',
].map(at)
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Africa/Cairo',
  'Pacific/Kiritimati',
  'America/Santiago',
  'Asia/Kolkata',
  'UTC',
]
const clock = fc.integer({ min: 0, max: 96 }).map((quarter) => quarter * 15)
const text = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
const hours = fc
  .record({ days: fc.subarray(WEEK, { minLength: 1 }), a: clock, b: clock })
  .filter(({ a, b }) => a !== b)
  .map(({ days, a, b }) => ({ days, from: text(Math.min(a, b)), to: text(Math.max(a, b)) }))
const scenario = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    moment: fc.constantFrom(...MOMENTS),
    quarters: fc.integer({ min: 0, max: 96 }),
    hours: fc.oneof(fc.array(hours, { minLength: 1, maxLength: 4 }), fc.constant(always.hours)),
    holidays: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    freezes: fc.array(
      fc.record({
        start: fc.integer({ min: 0, max: 60 }),
        length: fc.integer({ min: 1, max: 30 }),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ zone, moment, quarters, holidays, freezes, hours: drawn }) => ({
    now: moment + quarters * STEP_MS,
    calendar: {
      zone,
      label: 'drawn',
      hours: drawn,
      holidays: holidays.map((days) => new Date(moment + days * DAY_MS).toISOString().slice(0, 10)),
      freezes: freezes.map(({ start, length }) => ({
        from: moment + start * HOUR_MS,
        until: moment + (start + length) * HOUR_MS,
        reason: 'drawn',
      })),
    },
  }))

function scan(drawn: Calendar, now: number): { open: boolean; changesAt?: number } {
  const open = openAt(drawn, now)
  for (let time = now + STEP_MS; time <= now + SCANNED_MS; time += STEP_MS) {
    if (openAt(drawn, time) !== open) return { open, changesAt: time }
  }
  return { open }
}

function openAt(drawn: Calendar, time: number): boolean {
  const local = new Date(time + offsetAt(drawn.zone, time)).toISOString()
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' })
    .format(Date.parse(`${local.slice(0, 10)}T00:00:00Z`))
    .toLowerCase()
  const minute = local.slice(11, 16)
  if (drawn.holidays.includes(local.slice(0, 10))) return false
  if (drawn.freezes.some(({ from, until }) => from <= time && time < until)) return false
  return drawn.hours.some(
    ({ days, from, to }) => days.some((day) => day === weekday) && from <= minute && minute < to,
  )
}
