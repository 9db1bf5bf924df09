import { afterAll } from 'vitest'

/**
 * One process runs many test files and loads each module once, so that a hook at the top level of a helper would end what
 * the first of them started and nothing else. What is noted here ends with the file that runs.
 */
const noted: (() => unknown)[] = []

/** Called when the running file's tests are over, also for what a test of it starts. */
export function atEndOfFile(end: () => unknown): void {
  noted.push(end)
}

/** Run for each test file before it is loaded, so that what it has itself ends first. */
export function endWithEachFile(): void {
  afterAll(async () => {
    const ends = noted.splice(0)
    const outcomes = await Promise.allSettled(ends.map(async (end) => await end()))
    const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    if (reasons.length > 0) throw new AggregateError(reasons, 'what a test file had started')
  })
}
