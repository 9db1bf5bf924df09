import type { Clock } from '#lib/wire/clock'
import type { ContractView, ParallelLineView } from '#lib/wire/views/ticket'
import { DigestLine } from '../digest'
import { countText } from '../number-words'
import { Prose } from '../prose'
import { Sent } from '../sent'

const indentClass: Record<ParallelLineView['indent'], string> = { 0: 'b', 1: 'b in1', 2: 'b in2' }

/** The hashed bytes, one member a line, each beside what Countersign reads in it. */
export function ParallelText({
  contract,
  clock,
  isSigned = false,
}: {
  contract: ContractView
  clock: Clock
  /** The reading is in the past tense once it was signed and closed. */
  isSigned?: boolean
}) {
  return (
    <div>
      <DigestLine digest={contract.digest} />
      <table className="parallel">
        <caption className="vh">
          The contract, byte for byte, beside what Countersign reads in it
        </caption>
        <thead>
          <tr>
            <th scope="col">As hashed, {countText(contract.byteLength)} bytes</th>
            <th scope="col">As read</th>
          </tr>
        </thead>
        <tbody>
          {contract.lines.map((line, at) => (
            <tr key={String(at)}>
              <td>
                <Bytes line={line} />
              </td>
              <td>
                <Prose of={line.reading} clock={clock} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!isSigned && (
        <p className="parallel-note">
          Indents and line breaks are for reading and are not hashed.
          {contract.absent.length > 0 && ` Not in the contract: ${contract.absent.join(', ')}.`}
        </p>
      )}
    </div>
  )
}

/** The hashed bytes alone, for a narrow page. */
export function ContractBytes({ contract }: { contract: ContractView }) {
  return (
    <>
      <DigestLine digest={contract.digest} />
      {/* biome-ignore lint/a11y/useSemanticElements: a group of lines of one text, not of form fields */}
      <div className="bytes lines" role="group" aria-label="Contract as hashed">
        {contract.lines.map((line, at) => (
          <Bytes key={String(at)} line={line} />
        ))}
      </div>
    </>
  )
}

function Bytes({ line }: { line: ParallelLineView }) {
  return (
    <code className={indentClass[line.indent]}>
      {line.bytes.map((piece, at) =>
        piece.isKey ? (
          <span key={String(at)} className="k">
            <Sent text={piece.text} />
          </span>
        ) : (
          <Sent key={String(at)} text={piece.text} />
        ),
      )}
    </code>
  )
}
