/** One line of a table. */
export interface Row {
  path: string
  count: number
  perSecond: string
  p50: string
  p99: string
}

/** Does something `count` times, so many at once, each again as soon as the one before is done. */
export async function timed(
  name: string,
  { count, atOnce }: { count: number; atOnce: number },
  work: (nr: number) => Promise<unknown>,
): Promise<Row> {
  const times: number[] = []
  let next = 0
  const startedAt = performance.now()
  const lane = async () => {
    while (next < count) {
      const from = performance.now()
      await work(next++)
      times.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return row(name, times, performance.now() - startedAt)
}

export function row(name: string, times: number[], tookMs: number): Row {
  const perSecond = `${Math.round((times.length / tookMs) * 1000)}/s`
  return {
    path: name,
    count: times.length,
    perSecond,
    p50: ms(share(times, 0.5)),
    p99: ms(share(times, 0.99)),
  }
}

/** The time that this share of them took at most. */
export function share(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** "1.2 ms", and whole milliseconds from a hundred on. */
export function ms(time: number): string {
  return `${time.toFixed(time < 100 ? 1 : 0)} ms`
}
