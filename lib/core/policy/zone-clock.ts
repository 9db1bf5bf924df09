import { MINUTE_MS } from '../durations'

const FORMATTERS = new Map<string, Intl.DateTimeFormat>()
/** More zones than an installation has calendars; the map never grows past it. */
const MAX_FORMATTERS = 64

/** What the clock on the wall in a zone shows at an instant. */
export interface LocalTime {
  year: number
  /** 1 to 12 */
  month: number
  day: number
  hour: number
  minute: number
}

/** Whether the runtime knows an IANA zone by this name. */
export function isKnownZone(zone: string): boolean {
  try {
    return formatterOf(zone) !== undefined
  } catch {
    return false
  }
}

/**
 * Local time minus UTC at an instant, in ms; 0 < |offset| ≤ 14 h.
 * @throws RangeError for an unknown zone
 */
export function offsetAt(zone: string, at: number): number {
  const wholeSeconds = Math.floor(at / 1_000) * 1_000
  return localAsUtc(zone, wholeSeconds) - wholeSeconds
}

/** @throws RangeError for an unknown zone */
export function localTime(zone: string, at: number): LocalTime {
  const local = new Date(localAsUtc(zone, at))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
  }
}

/**
 * The one instant in (from, until] at which the zone's offset becomes another, given that it has at most one change there.
 * Zones change at whole minutes.
 */
export function offsetChange(zone: string, from: number, until: number): number {
  const before = offsetAt(zone, from)
  let low = Math.floor(from / MINUTE_MS)
  let high = Math.ceil(until / MINUTE_MS)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(zone, middle * MINUTE_MS) === before) low = middle
    else high = middle
  }
  return high * MINUTE_MS
}

/** The local clock's reading, written as if it were UTC. */
function localAsUtc(zone: string, at: number): number {
  const part: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(at)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = FORMATTERS.get(zone)
  if (known !== undefined) return known
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (FORMATTERS.size >= MAX_FORMATTERS) FORMATTERS.clear()
  FORMATTERS.set(zone, formatter)
  return formatter
}
