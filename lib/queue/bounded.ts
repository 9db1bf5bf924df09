/** Rejects with `sentence` when `work` takes longer. The work itself goes on: give it something harmless to do. */
export async function bounded<T>(
  work: Promise<T>,
  timeoutMs: number,
  sentence: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(sentence)), timeoutMs)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
