/** More than this many slips, and it was another word that was meant. */
const MOST_SLIPS = 2
/** Of a word with fewer letters, two slips leave little. */
const SHORT = 5

/** The name that was probably meant: the one nearest to what was typed, by letters left out, added, swapped or mistaken. */
export function nearest(typed: string, names: readonly string[]): string | null {
  const most = typed.length < SHORT ? 1 : MOST_SLIPS
  const [best] = names
    .map((name) => ({ name, slips: slipsBetween(typed, name) }))
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips)
  return best?.name ?? null
}

/** As Damerau and Levenshtein count them, with two letters that changed places as one. */
function slipsBetween(typed: string, name: string): number {
  let before: number[] = []
  let last = Array.from({ length: name.length + 1 }, (_, at) => at)
  for (let row = 1; row <= typed.length; row++) {
    const now = [row]
    for (let at = 1; at <= name.length; at++) {
      const isSame = typed[row - 1] === name[at - 1]
      const isSwapped = typed[row - 1] === name[at - 2] && typed[row - 2] === name[at - 1]
      now[at] = Math.min(
        (last[at] ?? 0) + 1,
        (now[at - 1] ?? 0) + 1,
        (last[at - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (before[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = last
    last = now
  }
  return last[name.length] ?? 0
}
