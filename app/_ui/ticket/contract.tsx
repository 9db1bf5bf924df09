import type { Clock } from '#lib/wire/clock'
import type { ContractView, ParallelLineView } from '#lib/wire/views/ticket'
import { DigestLine } from '../digest'
import { Icon } from '../icon'
import { counted, countText } from '../number-words'
import { Prose } from '../prose'
import { Sent } from '../sent'
import { foldedCount, type Stretch, stretchesOf } from './line-fold'

const indentClass: Record<ParallelLineView['indent'], string> = { 0: 'b', 1: 'b in1', 2: 'b in2' }

/** The hashed bytes, one member a line, each beside what Countersign reads in it. */
export function ParallelText({
  contract,
  clock,
  isSigned = false,
  isFoldable = true,
}: {
  contract: ContractView
  clock: Clock
  /** The reading is in the past tense once it was signed and closed. */
  isSigned?: boolean
  /** A narrow page may fold what is long and read alike. */
  isFoldable?: boolean
}) {
  const stretches = isFoldable
    ? stretchesOf(contract)
    : [{ isFolded: false, from: 1, lines: contract.lines }]
  const hidden = foldedCount(stretches)
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
          {stretches.map((stretch) => (
            <Lines key={stretch.from} stretch={stretch} clock={clock} />
          ))}
        </tbody>
      </table>
      {hidden > 0 && <UnfoldLines hidden={hidden} all={contract.lines.length} />}
      {!isSigned && (
        <p className="parallel-note">
          Indents and line breaks are for reading and are not hashed.
          {contract.absent.length > 0 && ` Not in the contract: ${contract.absent.join(', ')}.`}
        </p>
      )}
    </div>
  )
}

/** A folded stretch says in its place which lines it holds. */
function Lines({ stretch, clock }: { stretch: Stretch; clock: Clock }) {
  const { isFolded, from, lines } = stretch
  return (
    <>
      {isFolded && (
        <tr className="fold-gap">
          <th colSpan={2}>
            Lines {countText(from)} to {countText(from + lines.length - 1)} are folded
          </th>
        </tr>
      )}
      {lines.map((line, at) => (
        <tr key={String(from + at)} className={isFolded ? 'folded' : undefined}>
          <td>
            <Bytes line={line} number={from + at} />
          </td>
          <td>
            <Prose of={line.reading} clock={clock} />
          </td>
        </tr>
      ))}
    </>
  )
}

/** Folds and unfolds without script; a wide page and paper have no fold. */
function UnfoldLines({ hidden, all }: { hidden: number; all: number }) {
  return (
    <div className="unfold">
      <p className="unfold-said">
        {counted(hidden, 'line')} of {countText(all)} {hidden === 1 ? 'is' : 'are'} folded, each
        read like the line above it. None has a hidden or look-alike character. You sign them all.
      </p>
      <details className="fold">
        <summary>
          <Icon name="hash" />
          <span className="when-shut">Show all {countText(all)} lines</span>
          <span className="when-open">Fold them again</span>
        </summary>
      </details>
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
          <Bytes key={String(at)} line={line} number={at + 1} />
        ))}
      </div>
    </>
  )
}

function Bytes({ line, number }: { line: ParallelLineView; number: number }) {
  return (
    <code className={indentClass[line.indent]} data-line={number}>
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
