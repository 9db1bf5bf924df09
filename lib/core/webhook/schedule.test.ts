import { expect, it } from 'vitest'
import { HOUR_MS, SECOND_MS } from '../durations'
import { MOST_ATTEMPTS, nextAttemptInMs } from './schedule'

it('a delivery is tried ten times over 75 hours and 35 minutes, and then no more', () => {
  const waits = Array.from({ length: MOST_ATTEMPTS }, (_, at) => nextAttemptInMs(at + 1, 0))
  expect(waits.at(-1)).toBeNull()
  const planned = waits.filter((wait) => wait !== null)
  expect(planned).toHaveLength(9)
  expect(planned.reduce((sum, wait) => sum + wait, 0)).toBe(
    75 * HOUR_MS + 35 * 60_000 + 5 * SECOND_MS,
  )
})

it('a receiver can ask for more patience than the schedule has, but for a day at most and never for less', () => {
  expect(nextAttemptInMs(1, 60_000)).toBe(60_000)
  expect(nextAttemptInMs(3, 1_000)).toBe(30 * 60_000)
  expect(nextAttemptInMs(1, 99 * 24 * HOUR_MS)).toBe(24 * HOUR_MS)
})
