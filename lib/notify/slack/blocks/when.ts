import { spanText, timeText, zoneName } from '#lib/wire/clock'
import type { Instant } from '#lib/wire/views-common'
import type { CardView, SlackClock } from '#lib/wire/views-slack'

/**
 * The clock of a message that stays. Its words may not depend on when it was sent or edited last: they would go stale, and
 * each look at it would find other words. So days are told from the day of asking.
 */
export function clockOf(view: Pick<CardView, 'zone' | 'submittedAt'>): SlackClock {
  return { zone: view.zone, now: view.submittedAt }
}

/** "Tue 17 Mar 10:41 CET, 24 h after it was asked": of a message that stays. */
export function closesText(view: CardView & { closesAt: Instant }): string {
  const lengthMs = Date.parse(view.closesAt) - Date.parse(view.submittedAt)
  return `${absoluteText(view.closesAt, view)}, ${spanText(lengthMs)} after it was asked`
}

/** "Tue 17 Mar 10:41 CET, in 23 h 49 min": where it is read at once. */
export function closesSoonText(closesAt: Instant, clock: SlackClock): string {
  const leftMs = Date.parse(closesAt) - Date.parse(clock.now)
  const left = leftMs <= 0 ? 'which is past' : `in ${spanText(leftMs)}`
  return `${absoluteText(closesAt, clock)}, ${left}`
}

/** "Tue 17 Mar 10:41 CET" */
export function absoluteText(at: Instant, { zone }: SlackClock): string {
  return `${timeText(at, 'day', { zone, now: at })} ${zoneName({ zone, now: at })}`
}
