import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations'
import type { Calendar, Weekday } from './types'
import { offsetAt, offsetChange } from './zone-clock'

/** A stretch of time: from inclusive, until exclusive, epoch ms. */
export interface Span {
  from: number
  until: number
}

/** Day numbers count local dates from 1970-01-01, which was a Thursday. */
const WEEKDAYS: readonly Weekday[] = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed']
/** No zone is further from UTC than this, so the instants of a local date lie within its UTC day widened by it. */
const WIDEST_OFFSET_MS = 16 * HOUR_MS

/** The calendar's open time within [from, until): ascending, touching spans joined. */
export function openSpans(calendar: Calendar, from: number, until: number): Span[] {
  const spans: Span[] = []
  const lastDay = dayNumberAt(calendar.zone, until) + 1
  for (let day = dayNumberAt(calendar.zone, from) - 1; day <= lastDay; day++) {
    if (!calendar.holidays.includes(isoDate(day))) spans.push(...hoursOfDay(calendar, day))
  }
  const clipped = spans.flatMap((span) => clip(span, from, until))
  return joined(clipped).flatMap((span) => without(span, calendar.freezes))
}

/** The instants of one whole local date: one span, or two where the clock is set back over midnight. */
export function dateSpans(zone: string, day: number): Span[] {
  return localSpans(zone, day, 0, DAY_MS)
}

/** Minutes after local midnight of `HH:MM`; `24:00` is the end of the day. */
export function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
}

/** Number of the local date `YYYY-MM-DD`, counted from 1970-01-01. */
export function dayNumberOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS
}

export function dayNumberAt(zone: string, at: number): number {
  return Math.floor((at + offsetAt(zone, at)) / DAY_MS)
}

function hoursOfDay(calendar: Calendar, day: number): Span[] {
  const weekday = WEEKDAYS[((day % 7) + 7) % 7]
  return calendar.hours
    .filter(({ days }) => weekday !== undefined && days.includes(weekday))
    .flatMap(({ from, to }) =>
      localSpans(calendar.zone, day, minutesOf(from) * MINUTE_MS, minutesOf(to) * MINUTE_MS),
    )
}

/**
 * When the local clock shows a time of `day` in [fromMs, toMs) after its midnight. Where the clock is set forward the
 * missing time is left out; where it is set back the repeated time counts both times.
 */
function localSpans(zone: string, day: number, fromMs: number, toMs: number): Span[] {
  const midnight = day * DAY_MS
  const earliest = midnight - WIDEST_OFFSET_MS
  const latest = midnight + DAY_MS + WIDEST_OFFSET_MS
  const before = offsetAt(zone, earliest)
  const after = offsetAt(zone, latest)
  const under = (offset: number): Span => ({
    from: midnight + fromMs - offset,
    until: midnight + toMs - offset,
  })
  if (before === after) return clip(under(before), earliest, latest)
  const change = offsetChange(zone, earliest, latest)
  return [...clip(under(before), earliest, change), ...clip(under(after), change, latest)]
}

function isoDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

function clip(span: Span, from: number, until: number): Span[] {
  const clipped = { from: Math.max(span.from, from), until: Math.min(span.until, until) }
  return clipped.from < clipped.until ? [clipped] : []
}

function joined(spans: Span[]): Span[] {
  const result: Span[] = []
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && span.from <= last.until) last.until = Math.max(last.until, span.until)
    else result.push({ ...span })
  }
  return result
}

function without(span: Span, freezes: readonly Span[]): Span[] {
  return freezes.reduce<Span[]>(
    (rest, freeze) =>
      rest.flatMap((part) => [
        ...clip(part, Number.NEGATIVE_INFINITY, freeze.from),
        ...clip(part, freeze.until, Number.POSITIVE_INFINITY),
      ]),
    [span],
  )
}
