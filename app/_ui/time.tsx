import { type Clock, longSpanText, msBetween, spanText, timeText } from '#lib/wire/clock'
import type { Instant, TimeForm } from '#lib/wire/views-common'

/** A time in the zone of the page. */
export function Time({ at, form, clock }: { at: Instant; form: TimeForm; clock: Clock }) {
  return <time dateTime={at}>{timeText(at, form, clock)}</time>
}

/** "23 h 49 min": what is left until then, or "0 ms" when it is past. */
export function Until({ at, clock, long = false }: { at: Instant; clock: Clock; long?: boolean }) {
  const ms = msBetween(clock.now, at)
  return <span className="num">{long ? longSpanText(ms) : spanText(ms)}</span>
}

/** "26 min": how long since then. */
export function Since({ at, clock }: { at: Instant; clock: Clock }) {
  return <span className="num">{spanText(msBetween(at, clock.now))}</span>
}
