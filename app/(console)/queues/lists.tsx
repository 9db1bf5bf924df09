import type { ReactNode } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type {
  Capped,
  GivenUpView,
  SilentView,
  StuckView,
  UntoldView,
  WakeUpView,
} from '#lib/wire/views/queues'
import { Unordered } from '../../_ui/list'
import { cappedText } from '../../_ui/number-words'
import { Sent } from '../../_ui/sent'
import { Since } from '../../_ui/time'

/** A count in words, and under it the first of what was counted; a sentence where there is none. */
function Listed<Row>({
  list,
  none,
  lead,
  more,
  keyOf,
  children,
}: {
  list: Capped<Row>
  none: string
  /** What follows the count: "input waits". */
  lead: string
  /** Where all of them are. */
  more?: string
  keyOf: (row: Row) => string
  children: (row: Row) => ReactNode
}) {
  if (list.count === 0) return <p>{none}</p>
  const { count, rows } = list
  return (
    <div>
      <p>
        <strong>{cappedText(count)}</strong> {lead}
        {count > rows.length && ` The first ${rows.length} are shown.`}{' '}
        {more && <a href={more}>See all</a>}
      </p>
      <Unordered className="queue-list">
        {rows.map((row) => (
          <li key={keyOf(row)}>{children(row)}</li>
        ))}
      </Unordered>
    </div>
  )
}

function Ticket({ requestId, goal }: { requestId: string; goal: string }) {
  return (
    <a className="goal-said" href={`/tickets/${requestId}`}>
      <Sent text={goal} />
    </a>
  )
}

export function Stuck({ list, clock }: { list: Capped<StuckView>; clock: Clock }) {
  return (
    <Listed
      list={list}
      none="No input waits for its evaluation."
      lead="held with input that no worker has evaluated. Is a worker running?"
      keyOf={({ requestId }) => requestId}
    >
      {(row) => (
        <>
          <Ticket {...row} />, for <Since at={row.since} clock={clock} />
        </>
      )}
    </Listed>
  )
}

export function WakeUps({ list, clock }: { list: Capped<WakeUpView>; clock: Clock }) {
  return (
    <Listed
      list={list}
      none="No wake-up is late."
      lead="late to be carried out. Is a worker running, and the queue there?"
      keyOf={({ id }) => id}
    >
      {({ id, topic, cause, requestId, since, queuedAt }) => (
        <>
          <code>outbox-{id}</code>, {topic}, {cause.replaceAll('_', ' ')}:{' '}
          <a href={`/tickets/${requestId}`}>the ticket</a>, for <Since at={since} clock={clock} />,{' '}
          {queuedAt
            ? `last handed over ${timeText(queuedAt, 'day_seconds', clock)}`
            : 'never handed over'}
        </>
      )}
    </Listed>
  )
}

const SILENT = {
  never_collected: {
    none: 'Every released grant was collected.',
    lead: 'released, and never collected.',
    more: '/inbox?view=never_collected',
  },
  never_reported: {
    none: 'Every redeemed grant was reported.',
    lead: 'redeemed, and never reported: the action may have run.',
    more: '/inbox?view=never_reported',
  },
} as const

export function Silent({
  list,
  clock,
  kind,
}: {
  list: Capped<SilentView>
  clock: Clock
  kind: keyof typeof SILENT
}) {
  return (
    <Listed list={list} {...SILENT[kind]} keyOf={({ requestId }) => requestId}>
      {(row) => (
        <>
          <Ticket {...row} />, {row.callerName}, for <Since at={row.since} clock={clock} />
        </>
      )}
    </Listed>
  )
}

export function Endpoints({ list, clock }: { list: Capped<GivenUpView>; clock: Clock }) {
  return (
    <Listed
      list={list}
      none="No webhook endpoint was given up."
      lead="given up: nothing is sent there until its owner enables it again."
      keyOf={({ endpointId }) => endpointId}
    >
      {({ endpointId, host, callerName, since, why }) => (
        <>
          <a href={`/webhooks/${endpointId}`}>{host}</a> of {callerName},{' '}
          {why === 'gone' ? 'which said that it is gone' : 'which failed for days'}, since{' '}
          {timeText(since, 'full', clock)}
        </>
      )}
    </Listed>
  )
}

export function Announcements({ list, clock }: { list: Capped<UntoldView>; clock: Clock }) {
  return (
    <Listed
      list={list}
      none="Whoever was to be told about an account was told, or has seen it here."
      lead="about accounts that Slack could not tell, in the last 30 days, and that nobody has confirmed here."
      keyOf={({ id }) => id}
    >
      {({ text, personName, why, at }) => (
        <>
          {personName ?? 'Alerts channel'}, {timeText(at, 'day', clock)}: {text}{' '}
          <span className="soft">{why}</span>
        </>
      )}
    </Listed>
  )
}
