export interface Tally {
  /** Counts `work` as running until it settles. */
  count<T>(work: Promise<T>): Promise<T>
  isRunning(): boolean
  /** Resolves once nothing that was counted is running. */
  idle(): Promise<void>
}

export function createTally(): Tally {
  const running = new Set<Promise<unknown>>()
  return {
    count: (work) => {
      running.add(work)
      const settle = (): void => {
        running.delete(work)
      }
      work.then(settle, settle)
      return work
    },
    isRunning: () => running.size > 0,
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running)
    },
  }
}
