import { DAY_MS, MINUTE_MS } from '#lib/core/durations'
import { offsetAt } from '#lib/core/policy/zone-clock'

/**
 * The instant at which the clock on the wall in a zone reads this. An hour that comes twice is the first of the two; one that is
 * left out counts on from the clock before.
 * @param text `2026-03-14T09:31`
 * @returns epoch ms; NaN where the text is no time
 */
export function instantOfLocal(text: string, zone: string): number {
  const asUtc = Date.parse(`${text}Z`)
  if (Number.isNaN(asUtc)) return Number.NaN
  const [before, after] = [asUtc - DAY_MS, asUtc + DAY_MS].map((at) => asUtc - offsetAt(zone, at))
  const found = [before, after]
    .sort((a = 0, b = 0) => a - b)
    .find((at = 0) => at + offsetAt(zone, at) === asUtc)
  return found ?? before ?? Number.NaN
}

/** The same the other way round: `2026-03-14T09:31`, as an input of type datetime-local takes it. */
export function localOfInstant(at: number, zone: string): string {
  const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS
  return new Date(minute + offsetAt(zone, minute)).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)
}
