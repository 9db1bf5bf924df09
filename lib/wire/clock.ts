import type { Instant, TimeForm } from '#lib/wire/views/common'

/** What a time is shown against: the zone of the reader and the database time at which the page was read. */
export interface Clock {
  zone: string
  now: Instant
}

/** A time in words, in the zone of the page. Forms are described at `TimeForm`. */
export function timeText(at: Instant, form: TimeForm, clock: Clock): string {
  const p = partsOf(at, clock.zone)
  const time = `${p.hour}:${p.minute}`
  switch (form) {
    case 'time':
      return time
    case 'seconds':
      return `${time}:${p.second}`
    case 'millis':
      return `${time}:${p.second}.${p.fractionalSecond}`
    case 'short':
      return dayOf(at, clock.zone) === dayOf(clock.now, clock.zone) ? time : `${p.weekday} ${time}`
    case 'day':
      return `${p.weekday} ${p.day} ${p.month} ${time}`
    case 'day_seconds':
      return `${p.weekday} ${p.day} ${p.month} ${time}:${p.second}`
    case 'full':
      return `${p.weekday} ${p.day} ${p.month} ${p.year} ${time}:${p.second} ${p.timeZoneName}`
  }
}

/** "Mon 16 Mar 2026" */
export function dayOf(at: Instant, zone: string): string {
  const p = partsOf(at, zone)
  return `${p.weekday} ${p.day} ${p.month} ${p.year}`
}

/** "CET": how the zone is called at that moment. */
export function zoneName(clock: Clock): string {
  return partsOf(clock.now, clock.zone).timeZoneName
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Milliseconds from one instant to another; negative when `to` is earlier. */
export function msBetween(from: Instant, to: Instant): number {
  return Date.parse(to) - Date.parse(from)
}

/** "25 ms", "40 s", "38 min", "23 h 49 min", "3 d 4 h": the two largest units, never rounded up. */
export function spanText(lengthMs: number): string {
  const ms = Math.max(0, lengthMs)
  if (ms < SECOND) return `${Math.floor(ms)} ms`
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < DAY) return pair(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min')
  return pair(Math.floor(ms / DAY), 'd', Math.floor((ms % DAY) / HOUR), 'h')
}

/** "38 minutes", "3 hours": one unit, for running text. */
export function longSpanText(lengthMs: number): string {
  const ms = Math.max(0, lengthMs)
  if (ms < MINUTE) return plural(Math.floor(ms / SECOND), 'second')
  if (ms < HOUR) return plural(Math.floor(ms / MINUTE), 'minute')
  if (ms < 2 * DAY) return plural(Math.floor(ms / HOUR), 'hour')
  return plural(Math.floor(ms / DAY), 'day')
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  if (small === 0) return `${large} ${largeUnit}`
  const padded = smallUnit === 'min' ? String(small).padStart(2, '0') : String(small)
  return `${large} ${largeUnit} ${padded} ${smallUnit}`
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

interface TimeParts {
  weekday: string
  day: string
  month: string
  year: string
  hour: string
  minute: string
  second: string
  fractionalSecond: string
  timeZoneName: string
}

function partsOf(at: Instant, zone: string): TimeParts {
  const out: TimeParts = {
    weekday: '',
    day: '',
    month: '',
    year: '',
    hour: '',
    minute: '',
    second: '',
    fractionalSecond: '',
    timeZoneName: '',
  }
  for (const part of formatterOf(zone).formatToParts(new Date(at))) {
    if (part.type in out) out[part.type as keyof TimeParts] = part.value
  }
  return { ...out, month: out.month.slice(0, 3) }
}

/** Making a formatter costs a hundred times as much as using one; an installation knows few zones. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
  if (formatters.size < MOST_ZONES) formatters.set(zone, made)
  return made
}

const MOST_ZONES = 64

/** "CET, Europe/Berlin", or "UTC" alone. */
export function zoneWords(clock: Clock): string {
  const name = zoneName(clock)
  return name === clock.zone ? name : `${name}, ${clock.zone}`
}
