import type { DifferenceRowView } from '#lib/wire/views/history'
import { counted } from './number-words'
import { Sent } from './sent'

type Line = Extract<DifferenceRowView, { kind: 'line' }>

const signs = { old: '−', new: '+', same: ' ' } as const
/** Said where the sign is only seen. */
const sides = { old: 'Old', new: 'New', same: '' } as const
const indents = ['d', 'd in1', 'd in2', 'd in3'] as const

/** What changed between two contracts, line by line: sign, wash and underline together. Old digits stay legible. */
export function Diff({ rows, caption }: { rows: readonly DifferenceRowView[]; caption: string }) {
  return (
    <table className="diff">
      <caption className="vh">{caption}</caption>
      <thead className="vh">
        <tr>
          <th scope="col">Side</th>
          <th scope="col">Line</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) =>
          row.kind === 'gap' ? (
            <tr key={String(at)} className="gap">
              <td />
              <td>{counted(row.count, 'line')} the same</td>
            </tr>
          ) : (
            <DiffLine key={String(at)} line={row} />
          ),
        )}
      </tbody>
    </table>
  )
}

function DiffLine({ line }: { line: Line }) {
  return (
    <tr className={line.side === 'same' ? undefined : line.side}>
      <td>
        <span aria-hidden="true">{signs[line.side]}</span>
        <span className="vh">{sides[line.side]}</span>
      </td>
      <td>
        <code className={indents[Math.min(line.indent, indents.length - 1)]}>
          <Sent text={line.before} />
          <Changed line={line} />
          <Sent text={line.after} />
        </code>
      </td>
    </tr>
  )
}

function Changed({ line }: { line: Line }) {
  if (line.side === 'same' || line.changed === '') return null
  const Mark = line.side === 'old' ? 'del' : 'ins'
  return (
    <Mark>
      <Sent text={line.changed} />
    </Mark>
  )
}
