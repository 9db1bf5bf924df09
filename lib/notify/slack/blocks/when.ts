import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import { timeText, zoneName } from '#lib/wire/clock'
import type { Instant } from '#lib/wire/views/common'
import type { CardView, SlackClock } from '#lib/wire/views/slack'

/**
 * The clock of a message that stays: whether a time needs its day is told from the day of asking, not from when the message
 * was written anew.
 */
export function clockOf(view: Pick<CardView, 'zone' | 'submittedAt'>): SlackClock {
  return { zone: view.zone, now: view.submittedAt }
}

/** "Tue 17 Mar 10:41 CET, in 24 h": counted from when the view was read. */
export function closesText(closesAt: Instant, clock: SlackClock): string {
  const leftMs = Date.parse(closesAt) - Date.parse(clock.now)
  const left = leftMs <= 0 ? 'which is past' : `in ${leftText(leftMs)}`
  return `${absoluteText(closesAt, clock)}, ${left}`
}

/** "Tue 17 Mar 10:41 CET" */
export function absoluteText(at: Instant, { zone }: SlackClock): string {
  return `${timeText(at, 'day', { zone, now: at })} ${zoneName({ zone, now: at })}`
}

/** One unit: a message is looked at later than it is written. */
function leftText(ms: number): string {
  if (ms < HOUR_MS) return `${Math.ceil(ms / MINUTE_MS)} min`
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / DAY_MS)} days`
}
