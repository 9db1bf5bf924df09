import type { Clock } from '#lib/wire/clock'
import type { AuditRowView } from '#lib/wire/views/audit'
import { countText } from '../../_ui/number-words'
import { Prose } from '../../_ui/prose'
import { Sent } from '../../_ui/sent'
import { Time } from '../../_ui/time'

/** Characters of a hash that tell entries apart for people; the entry itself has all. */
const HASH_START = 'sha-256:'.length + 12

/** One row an entry; each unfolds to what was hashed. */
export function AuditTable({ rows, clock }: { rows: readonly AuditRowView[]; clock: Clock }) {
  return (
    <div className="listed">
      <table className="table cards audit">
        <caption className="vh">Entries of the audit trail, newest first</caption>
        <thead>
          <tr>
            <th scope="col" className="c-when">
              Time
            </th>
            <th scope="col" className="c-who">
              Who
            </th>
            <th scope="col">What</th>
            <th scope="col" className="c-leaf">
              Leaf and hash
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.seq}>
              <th scope="row">
                <Time at={row.at} form="full" clock={clock} />
              </th>
              <td>{row.who?.name ?? 'Countersign'}</td>
              <td>
                <What row={row} clock={clock} />
              </td>
              <td>
                <span className="line">
                  {row.leaf === null ? 'Not sealed yet' : `Leaf ${countText(row.leaf)}`}
                </span>
                <code>{row.hash.slice(0, HASH_START)}…</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function What({ row, clock }: { row: AuditRowView; clock: Clock }) {
  const { text, detail, stream, type, ordinal, json } = row
  return (
    <>
      <span className="line">
        <Prose of={text} clock={clock} />
      </span>
      {detail && (
        <span className="sub">
          <Prose of={detail} clock={clock} />
        </span>
      )}
      <span className="sub">
        <code>{type}</code>, entry {countText(ordinal)} of{' '}
        {stream.href ? <a href={stream.href}>{stream.label}</a> : stream.label}
      </span>
      <details className="entry-fold">
        <summary>
          The entry<span className="vh"> {`${countText(ordinal)} of ${stream.name}`}</span>
        </summary>
        <pre className="bytes">
          <Sent text={json} />
        </pre>
      </details>
    </>
  )
}
