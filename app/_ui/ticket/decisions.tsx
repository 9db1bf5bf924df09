import type { Clock } from '#lib/wire/clock'
import type { DecisionEntryView, DecisionsView } from '#lib/wire/views/history'
import { Fold } from '../fold'
import { Ordered, Unordered } from '../list'
import { counted, countText } from '../number-words'
import { Prose } from '../prose'
import { Verdict } from '../state'
import { Time } from '../time'

/** So many stand open; the earlier ones of the page are folded. */
const OPEN_COUNT = 3

/** The evaluations by policy, newest first: what woke each, and what it changed. */
export function Decisions({
  decisions,
  clock,
  allHref,
}: {
  decisions: DecisionsView
  clock: Clock
  /** Where all of them are shown; null: they are, or as many as a page shows. */
  allHref: string | null
}) {
  const { entries, totalCount } = decisions
  const folded = entries.slice(OPEN_COUNT)
  const leftOut = totalCount - entries.length
  return (
    <div>
      <DecisionList entries={entries.slice(0, OPEN_COUNT)} clock={clock} />
      {folded.length > 0 && (
        <Fold
          icon="clock"
          title={counted(folded.length, 'earlier decision')}
          id="decisions-earlier"
        >
          <DecisionList entries={folded} clock={clock} />
        </Fold>
      )}
      {leftOut > 0 && (
        <p className="parallel-note">
          {countText(leftOut)} older {leftOut === 1 ? 'one is' : 'ones are'} left out.{' '}
          {allHref ? (
            <a className="no-print" href={allHref}>
              Show all {countText(totalCount)}
            </a>
          ) : (
            'The audit export has every one.'
          )}
        </p>
      )}
    </div>
  )
}

function DecisionList({ entries, clock }: { entries: readonly DecisionEntryView[]; clock: Clock }) {
  return (
    <Ordered className="decisions">
      {entries.map((entry) => (
        <Decision key={entry.ordinal} entry={entry} clock={clock} />
      ))}
    </Ordered>
  )
}

function Decision({ entry, clock }: { entry: DecisionEntryView; clock: Clock }) {
  const id = `decision-${entry.ordinal}`
  return (
    <li id={id}>
      <p className="decision-head">
        <a className="decision-no" href={`#${id}`} data-permalink>
          Decision {entry.ordinal}
        </a>
        <Verdict verdict={entry.verdict} />
        <Time at={entry.at} form="day_seconds" clock={clock} />
        <code>{entry.policyVersion}</code>
      </p>
      <p className="soft">
        <Prose of={entry.cause} clock={clock} />
      </p>
      <Unordered className="decision-changes">
        {entry.changes.map((change, at) => (
          <li key={String(at)} className={change.tone}>
            <Prose of={change.text} clock={clock} />
          </li>
        ))}
      </Unordered>
    </li>
  )
}
