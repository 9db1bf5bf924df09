import { type Clock, dayOf } from '#lib/wire/clock'
import type { RecordEntryView, RecordView } from '#lib/wire/views/ticket'
import { Ordered } from '../list'
import { counted, countText } from '../number-words'
import { Prose } from '../prose'
import { Time } from '../time'

/** The audit entries of one request. The day is said where it changes; the side head says the first. */
export function Record({ entries, clock }: { entries: readonly RecordEntryView[]; clock: Clock }) {
  return (
    <Ordered className="record">
      {entries.map((entry, at) => (
        <RecordEntry key={entry.ordinal} entry={entry} before={entries[at - 1]} clock={clock} />
      ))}
    </Ordered>
  )
}

function RecordEntry({
  entry,
  before,
  clock,
}: {
  entry: RecordEntryView
  before: RecordEntryView | undefined
  clock: Clock
}) {
  const day = dayOf(entry.at, clock.zone)
  const isNewDay = before !== undefined && dayOf(before.at, clock.zone) !== day
  const classes = [entry.isHuman && 'human', entry.signal && `is-${entry.signal}`]
  return (
    <li id={`entry-${entry.ordinal}`} className={classes.filter(Boolean).join(' ') || undefined}>
      <span className="when">
        {isNewDay && <span className="day">{day}</span>}
        <Time at={entry.at} form="millis" clock={clock} />
      </span>
      <span className="dot" />
      <p>
        <Prose of={entry.text} clock={clock} />
        {entry.detail && (
          <span className="more">
            <Prose of={entry.detail} clock={clock} />
          </span>
        )}
      </p>
      <a
        className="seq"
        href={`#entry-${entry.ordinal}`}
        data-permalink
        aria-label={`Link to entry ${countText(entry.ordinal)}`}
      >
        {countText(entry.ordinal)}
      </a>
    </li>
  )
}

/** "Mon 16 Mar 2026. Every line is an audit entry, chained and sealed." */
export function recordNote(record: RecordView, clock: Clock): string {
  const { entries, isSealed, olderCount, isWhole } = record
  const first = entries[0]
  const day = first ? `${dayOf(first.at, clock.zone)}. ` : ''
  const older =
    olderCount > 0
      ? ` ${counted(olderCount, 'older entry is', 'older entries are')} left out here${isWhole ? '; the audit export has all' : ''}.`
      : ''
  return `${day}Every line is an audit entry, ${isSealed ? 'chained and sealed' : 'chained'}.${older}`
}
