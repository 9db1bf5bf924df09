/** Of files that are not listed. */
const DEFAULT_SECONDS = 15

/**
 * Shares files out so that all shares take about equally long: the longest first, each to whoever has least. Files keep their
 * order by name within a share, so that the same files always meet in the same order.
 *
 * @param seconds what each file takes, by name
 */
export function sharedOut(
  files: readonly string[],
  seconds: Readonly<Record<string, number>>,
  count: number,
): string[][] {
  const shares = Array.from({ length: count }, () => ({ files: [] as string[], seconds: 0 }))
  const cost = (file: string) => seconds[file] ?? DEFAULT_SECONDS
  const longestFirst = [...files].sort((a, b) => cost(b) - cost(a) || a.localeCompare(b))
  for (const file of longestFirst) {
    const least = shares.reduce((one, other) => (other.seconds < one.seconds ? other : one))
    least.files.push(file)
    least.seconds += cost(file)
  }
  return shares.map((share) => share.files.sort())
}
