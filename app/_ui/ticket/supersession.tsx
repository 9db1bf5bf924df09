import type { Clock } from '#lib/wire/clock'
import type { DifferenceView, NeighbourView } from '#lib/wire/views/history'
import { Diff } from '../diff'
import { type Fact, Facts } from '../facts'
import { counted } from '../number-words'
import { Claim } from '../sent'
import { TicketState } from '../state'
import { Tag } from '../tag'
import { Time } from '../time'

/** What differs from the request that this one took the place of. */
export function Changes({ older, clock }: { older: NeighbourView; clock: Clock }) {
  return (
    <div className="stack">
      <NeighbourFacts neighbour={older} label="Before" clock={clock} />
      <DifferencePart difference={older.difference} older="the request before" />
    </div>
  )
}

/** What came in the place of this request, and what differs in it. */
export function Successor({ newer, clock }: { newer: NeighbourView; clock: Clock }) {
  return (
    <div className="stack">
      <NeighbourFacts neighbour={newer} label="In its place" clock={clock} />
      <DifferencePart difference={newer.difference} older="this request" />
    </div>
  )
}

function NeighbourFacts({
  neighbour,
  label,
  clock,
}: {
  neighbour: NeighbourView
  label: string
  clock: Clock
}) {
  const facts: Fact[] = [
    {
      label,
      value: (
        <a href={`/tickets/${neighbour.requestId}`}>
          <code>{neighbour.requestId}</code>
        </a>
      ),
      sub: (
        <>
          Asked <Time at={neighbour.submittedAt} form="day_seconds" clock={clock} />
        </>
      ),
    },
    { label: 'State', value: <TicketState state={neighbour.state} /> },
    {
      label: 'Goal',
      value: (
        <>
          <Tag kind="claims" /> <Claim text={neighbour.goal} />
        </>
      ),
    },
  ]
  return <Facts facts={facts} />
}

function DifferencePart({ difference, older }: { difference: DifferenceView; older: string }) {
  if (difference.kind === 'unknown') return <p className="soft">{difference.why}</p>
  if (difference.kind === 'none') {
    return (
      <p>
        <strong>Nothing differs.</strong>{' '}
        <span className="soft">Both contracts have the same digest, byte for byte.</span>
      </p>
    )
  }
  const { rows, changedCount, leftOutCount } = difference
  return (
    <div>
      <Diff
        rows={rows}
        caption={`What differs from ${older}. Minus is the older contract, plus the newer one.`}
      />
      <p className="parallel-note">
        {counted(changedCount, 'line')} {changedCount === 1 ? 'differs' : 'differ'}. A minus is only
        in the older contract, a plus only in the newer one. Commas and closing brackets are not
        counted.
        {leftOutCount > 0 &&
          ` ${counted(leftOutCount, 'more line')} that ${leftOutCount === 1 ? 'differs is' : 'differ are'} not shown here.`}
      </p>
    </div>
  )
}
