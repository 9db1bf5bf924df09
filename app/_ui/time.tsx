import { type Clock, msBetween, spanText, timeText } from '#lib/wire/clock'
import type { Instant, TimeForm } from '#lib/wire/views/common'
import { Countdown } from '../_client/countdown'

/** A time in the zone of the page. */
export function Time({ at, form, clock }: { at: Instant; form: TimeForm; clock: Clock }) {
  return <time dateTime={at}>{timeText(at, form, clock)}</time>
}

/** "23 h 49 min": what is left until then, counting down while the page is open; "0 s" when it is past. */
export function Until({ at, clock, long = false }: { at: Instant; clock: Clock; long?: boolean }) {
  // What a client part is given travels in the page's own bytes: no more than it needs.
  return <Countdown at={at} clock={{ zone: clock.zone, now: clock.now }} long={long} />
}

/** "26 min": how long since then. */
export function Since({ at, clock }: { at: Instant; clock: Clock }) {
  return <span className="num">{spanText(msBetween(at, clock.now))}</span>
}
