import { DAY_MS } from '../durations'
import { dateSpans, dayNumberOf, minutesOf, openSpans } from './spans'
import type { Calendar, Weekday } from './types'

export interface WindowState {
  open: boolean
  /** When shut: the next instant it is open, epoch ms. Absent = it never opens. */
  opensAt?: number
  /** When open: the first instant it is shut again. Absent = it never shuts. */
  shutsAt?: number
}

/** A weekly calendar changes within a week; two more cover a change swallowed by the clock being set forward. */
const SCAN_MS = 16 * DAY_MS
const ALL_DAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/**
 * The last answer of a calendar and how long it stands: scanning costs some tens of microseconds, and between two changes
 * the answer is the same. Calendars are immutable; a later policy version has new ones.
 */
const STANDING = new WeakMap<Calendar, { from: number; until: number; state: WindowState }>()

/**
 * Whether a calendar is open at `now`, and when that changes by itself.
 * @throws RangeError for a zone that the runtime does not know
 */
export function windowAt(calendar: Calendar, now: number): WindowState {
  const standing = STANDING.get(calendar)
  if (standing !== undefined && standing.from <= now && now < standing.until) return standing.state
  const state = isOpen(calendar, now) ? whileOpen(calendar, now) : whileShut(calendar, now)
  const until = state.shutsAt ?? state.opensAt ?? Number.POSITIVE_INFINITY
  STANDING.set(calendar, { from: now, until, state })
  return state
}

function isOpen(calendar: Calendar, now: number): boolean {
  return openSpans(calendar, now, now + 1).length > 0
}

function whileOpen(calendar: Calendar, now: number): WindowState {
  const shutsAt = isAroundTheClock(calendar)
    ? nextException(calendar, now)
    : openSpans(calendar, now, now + SCAN_MS)[0]?.until
  return shutsAt === undefined ? { open: true } : { open: true, shutsAt }
}

function whileShut(calendar: Calendar, now: number): WindowState {
  // Each round ends after the last exception or jumps over at least a freeze or a fortnight of holidays.
  let start = afterFreezes(calendar, now)
  const lastHoliday = Math.max(now, ...calendar.holidays.map((date) => dayNumberOf(date) * DAY_MS))
  do {
    const opensAt = openSpans(calendar, start, start + SCAN_MS)[0]?.from
    if (opensAt !== undefined) return { open: false, opensAt }
    start = afterFreezes(calendar, start + SCAN_MS)
  } while (calendar.hours.length > 0 && start < lastExceptionAfter(calendar, lastHoliday) + SCAN_MS)
  return { open: false }
}

function lastExceptionAfter(calendar: Calendar, lastHoliday: number): number {
  return Math.max(lastHoliday + 2 * DAY_MS, ...calendar.freezes.map(({ until }) => until)) + SCAN_MS
}

/** The first instant from `at` on that lies in no freeze. */
function afterFreezes(calendar: Calendar, at: number): number {
  let free = at
  for (const { from, until } of [...calendar.freezes].sort((a, b) => a.from - b.from)) {
    if (from <= free && free < until) free = until
  }
  return free
}

/** Open at every hour of every weekday: only holidays and freezes shut it. */
function isAroundTheClock(calendar: Calendar): boolean {
  return ALL_DAYS.every((day) => {
    const hours = calendar.hours
      .filter(({ days }) => days.includes(day))
      .map(({ from, to }) => ({ from: minutesOf(from), to: minutesOf(to) }))
      .sort((a, b) => a.from - b.from)
    let covered = 0
    for (const { from, to } of hours) if (from <= covered) covered = Math.max(covered, to)
    return covered === 24 * 60
  })
}

function nextException(calendar: Calendar, now: number): number | undefined {
  const freezes = calendar.freezes.filter(({ from, until }) => from < until)
  const holidays = calendar.holidays.flatMap((date) => dateSpans(calendar.zone, dayNumberOf(date)))
  const starts = [...freezes, ...holidays].map(({ from }) => from).filter((from) => from > now)
  return starts.length === 0 ? undefined : Math.min(...starts)
}
