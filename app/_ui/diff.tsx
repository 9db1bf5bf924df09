import { Sent } from './sent'

export interface DiffLine {
  side: 'old' | 'new' | 'same'
  before: string
  /** The characters that differ; marked, never struck through: old digits must stay legible. */
  changed: string
  after: string
}

const signs = { old: '−', new: '+', same: ' ' } as const

/** What changed between two contracts, line by line: sign, wash and underline together. */
export function Diff({ lines, caption }: { lines: readonly DiffLine[]; caption: string }) {
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
        {lines.map((line, at) => (
          <tr key={String(at)} className={line.side === 'same' ? undefined : line.side}>
            <td>{signs[line.side]}</td>
            <td>
              <Sent text={line.before} />
              <Changed line={line} />
              <Sent text={line.after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Changed({ line }: { line: DiffLine }) {
  if (line.side === 'same') return null
  const Mark = line.side === 'old' ? 'del' : 'ins'
  return (
    <Mark>
      <Sent text={line.changed} />
    </Mark>
  )
}
