import { usageError } from './exits'
import type { Given } from './given'

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

/** The time an option gives, in epoch milliseconds; now, where it is left out. */
export function timeOf(given: Given, option: string): number {
  const text = given.text(option)
  if (text === undefined) return Date.now()
  const at = RFC_3339.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at))
    throw usageError(`--${option} ${text}: write a time as 2026-03-14T09:26:53Z.`)
  return at
}
