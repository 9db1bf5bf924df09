import os from 'node:os'

/** The time that is promised; a machine that has more to do than it can says nothing about seconds, and is given more. */
export function promised(withinMs: number, hardLimitMs = 10_000): number {
  return (os.loadavg()[0] ?? 0) < os.availableParallelism() ? withinMs : hardLimitMs
}
