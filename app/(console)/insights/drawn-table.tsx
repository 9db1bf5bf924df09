import { spanText } from '#lib/wire/clock'
import type { InsightColumn, InsightTable } from '#lib/wire/views/insights'
import { countText } from '../../_ui/number-words'
import { shareText } from './words'

/** A table whose numbers are drawn beside themselves: what is heard and printed is the table, and a bar adds nothing to it. */
export function DrawnTable({ table }: { table: InsightTable }) {
  const { title, columns, rows, empty } = table
  if (rows.length === 0) return <p className="soft">{empty}</p>
  return (
    <table className="table cards insights">
      <caption className="vh">{title}</caption>
      <thead>
        <tr>
          {columns.map(({ label, kind }) => (
            <th key={label} scope="col" className={isNumber(kind) ? 'r' : undefined}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells) => (
          <tr key={cells.slice(0, 2).join(' ')}>
            {columns.map((column, at) => (
              <Cell key={column.label} table={table} cell={cells[at] ?? null} at={at} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({
  table: { columns, rows },
  cell,
  at,
}: {
  table: InsightTable
  cell: string | number | null
  at: number
}) {
  const column = columns[at]
  if (!column) return null
  const text = cellText(cell, column)
  if (at === 0) {
    return <th scope="row">{column.kind === 'code' ? <code>{text}</code> : text}</th>
  }
  if (!isNumber(column.kind)) {
    return <td>{column.kind === 'code' ? <code>{text}</code> : text}</td>
  }
  return (
    <td className="r num">
      <span className="card-label">{column.label}: </span>
      {text}
      {column.isDrawn && typeof cell === 'number' && (
        <Bar share={column.kind === 'share' ? cell : cell / greatest(rows, at)} />
      )}
    </td>
  )
}

/** Drawn with attributes alone: a style of its own would be refused by the page’s security policy. */
function Bar({ share }: { share: number }) {
  const width = Math.min(100, Math.max(0, share * 100))
  return (
    <svg
      className="insight-bar"
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect className="ground" width="100" height="6" />
      <rect className="share" width={width} height="6" />
    </svg>
  )
}

function greatest(rows: InsightTable['rows'], at: number): number {
  return Math.max(1, ...rows.map((cells) => Number(cells[at] ?? 0)))
}

function cellText(cell: string | number | null, { kind }: InsightColumn): string {
  if (cell === null) return 'too few'
  if (typeof cell === 'string') return cell
  if (kind === 'span') return spanText(cell)
  return kind === 'share' ? shareText(cell) : countText(cell)
}

function isNumber(kind: InsightColumn['kind']): boolean {
  return kind === 'count' || kind === 'share' || kind === 'span'
}
