import { align } from '#lib/core/contract/align'
import { commonEnds, type DifferenceLine } from '#lib/core/contract/difference'
import type { DifferenceView } from '#lib/wire/views/history'
import { shownRows } from '../ticket/neighbour-view'

const MOST_ROWS = 2_000

/** What differs between two texts, line by line. */
export function textDifference(old: string, fresh: string): DifferenceView {
  if (old === fresh) return { kind: 'none' }
  const [from, to] = [old.split('\n'), fresh.split('\n')]
  const lines = align(from, to).flatMap(([a, b]) =>
    linesOf(a === null ? undefined : from[a], b === null ? undefined : to[b]),
  )
  const rows = shownRows(lines)
  const isChange = (line: { side?: string }) => line.side !== 'same'
  const leftOut = rows.slice(MOST_ROWS).filter((row) => row.kind === 'line' && isChange(row))
  return {
    kind: 'lines',
    rows: rows.slice(0, MOST_ROWS),
    changedCount: lines.filter(isChange).length,
    leftOutCount: leftOut.length,
  }
}

function linesOf(was: string | undefined, is: string | undefined): DifferenceLine[] {
  if (was === undefined || is === undefined) {
    return is === undefined ? [line('old', { changed: was ?? '' })] : [line('new', { changed: is })]
  }
  if (was === is) return [line('same', { before: is })]
  const { before, from, to, after } = commonEnds(was, is)
  return [
    line('old', { before, changed: from, after }),
    line('new', { before, changed: to, after }),
  ]
}

function line(
  side: DifferenceLine['side'],
  text: Partial<Pick<DifferenceLine, 'before' | 'changed' | 'after'>>,
): DifferenceLine {
  const nothing = { before: '', changed: '', after: '', oldTail: '', newTail: '' }
  return { side, indent: 0, ...nothing, ...text }
}
