import { csvText } from '#lib/wire/csv'
import type { InsightColumnKind, InsightTable } from '#lib/wire/views/insights'

/** What stands behind a column's name: a number alone has no unit. */
const UNITS: Partial<Record<InsightColumnKind, string>> = {
  span: ' (seconds)',
  share: ' (percent)',
}

/** A table as a spreadsheet reads it. What there are too few for is an empty cell. */
export function insightsFile({ columns, rows }: InsightTable): string {
  const head = columns.map(({ label, kind }) => `${label}${UNITS[kind] ?? ''}`)
  const body = rows.map((cells) => cells.map((cell, at) => cellText(cell, columns[at]?.kind)))
  return csvText([head, ...body])
}

function cellText(cell: string | number | null, kind: InsightColumnKind | undefined): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return cell
  if (kind === 'span') return (cell / 1000).toFixed(1)
  return kind === 'share' ? (cell * 100).toFixed(1) : String(cell)
}
