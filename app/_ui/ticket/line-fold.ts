import type { ContractView, ParallelLineView } from '#lib/wire/views/ticket'
import { hasHidden } from '../reveal'

/** A document this short is never folded. */
const SHOWN_WHOLE = 40
/** Of a stretch that is read alike, how many lines stay; one that would not hide more than this stays whole. */
const KEPT = 8

/** A stretch of the document, in order: as it is, or folded on a narrow page until all of it is asked for. */
export interface Stretch {
  isFolded: boolean
  /** Where its first line stands, from 1. */
  from: number
  lines: ParallelLineView[]
}

/**
 * Where a long document can be folded: behind the first lines of a stretch in which Countersign reads the same of each line. A
 * line with something made visible in it, and one with a reading of its own, is in sight always. Joined, the stretches are the
 * document.
 */
export function stretchesOf({ lines }: Pick<ContractView, 'lines'>): Stretch[] {
  if (lines.length <= SHOWN_WHOLE) return [{ isFolded: false, from: 1, lines }]
  const out: Stretch[] = []
  let alike = 0
  lines.forEach((line, at) => {
    alike = at > 0 && isReadAs(line, lines[at - 1]) ? alike + 1 : 0
    const isFolded = alike >= KEPT && !isDressed(line)
    const last = out.at(-1)
    if (last?.isFolded === isFolded) last.lines.push(line)
    else out.push({ isFolded, from: at + 1, lines: [line] })
  })
  return out.map((one) => (one.lines.length > KEPT ? one : { ...one, isFolded: false }))
}

/** How many lines of it are folded. */
export function foldedCount(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, one) => sum + (one.isFolded ? one.lines.length : 0), 0)
}

function isReadAs(line: ParallelLineView, before: ParallelLineView | undefined): boolean {
  return JSON.stringify(line.reading) === JSON.stringify(before?.reading)
}

function isDressed({ bytes }: ParallelLineView): boolean {
  return bytes.some(({ text }) => hasHidden(text))
}
