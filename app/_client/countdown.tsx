'use client'

import { type Clock, longSpanText, spanText } from '#lib/wire/clock'
import type { Instant } from '#lib/wire/views/common'
import { useDatabaseClock } from './database-clock'

/** "23 h 49 min": what is left until then. It counts down by itself, and needs no script to be right when it was sent. */
export function Countdown({ at, clock, long }: { at: Instant; clock: Clock; long: boolean }) {
  const left = useDatabaseClock(clock.now, (nowMs) => leftText(Date.parse(at) - nowMs, long))
  return <span className="num">{left}</span>
}

function leftText(leftMs: number, long: boolean): string {
  const wholeMs = Math.max(0, Math.floor(leftMs / 1_000) * 1_000)
  if (wholeMs === 0) return long ? 'no time' : '0 s'
  return long ? longSpanText(wholeMs) : spanText(wholeMs)
}
