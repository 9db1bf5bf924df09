export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: SECOND_MS,
  sec: SECOND_MS,
  secs: SECOND_MS,
  second: SECOND_MS,
  seconds: SECOND_MS,
  m: MINUTE_MS,
  min: MINUTE_MS,
  mins: MINUTE_MS,
  minute: MINUTE_MS,
  minutes: MINUTE_MS,
  h: HOUR_MS,
  hr: HOUR_MS,
  hrs: HOUR_MS,
  hour: HOUR_MS,
  hours: HOUR_MS,
  d: DAY_MS,
  day: DAY_MS,
  days: DAY_MS,
}

/** Longest duration that is taken for one: ten years. More is a slip of the unit. */
const LONGEST_MS = 3_650 * DAY_MS

/**
 * Reads `300s`, `5m`, `24 h`, `2 days`, `1h30m` as milliseconds. A bare number has no unit and is refused.
 * @returns whole milliseconds, 1 to ten years, or undefined
 */
export function parseDuration(text: string): number | undefined {
  const parts = /^(?:\d{1,12} ?[a-z]{1,7} ?){1,4}$/.test(text.trim().toLowerCase())
    ? text.toLowerCase().matchAll(/(\d+) ?([a-z]+)/g)
    : []
  let totalMs = 0
  let last = Number.POSITIVE_INFINITY
  for (const [, amount = '', unit = ''] of parts) {
    const unitMs = Object.hasOwn(UNIT_MS, unit) ? UNIT_MS[unit] : undefined
    // `30m1h` and `1h1h` are more often a slip than a wish.
    if (unitMs === undefined || unitMs >= last) return undefined
    totalMs += Number(amount) * unitMs
    last = unitMs
  }
  return totalMs > 0 && totalMs <= LONGEST_MS ? totalMs : undefined
}

/** `23 h 49 min`, `5 min`, `45 s`, `3 days`: the two largest parts that are not zero, rounded down. */
export function formatDuration(durationMs: number): string {
  const totalSeconds = Math.max(0, Math.floor(durationMs / SECOND_MS))
  const days = Math.floor(totalSeconds / 86_400)
  const parts = [
    days > 0 ? `${days} ${days === 1 ? 'day' : 'days'}` : '',
    part(Math.floor(totalSeconds / 3_600) % 24, 'h'),
    part(Math.floor(totalSeconds / 60) % 60, 'min'),
    part(totalSeconds % 60, 's'),
  ]
  const first = parts.findIndex((text) => text !== '')
  if (first === -1) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter((text) => text !== '')
    .join(' ')
}

function part(amount: number, unit: string): string {
  return amount > 0 ? `${amount} ${unit}` : ''
}
