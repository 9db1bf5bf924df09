import { type Clock, msBetween } from '#lib/wire/clock'
import type { InboxNeedView, InboxRowView } from '#lib/wire/views-inbox'
import { Icon } from './icon'
import { Prose } from './prose'
import { Claim, Sent, Tool } from './sent'
import { TicketState } from './state'
import { Time, Until } from './time'

const SOON_MS = 60 * 60 * 1000

/** One request in a list. The goal's link covers the row. */
export function InboxRow({
  row,
  clock,
  isSelectable,
  isCursor = false,
}: {
  row: InboxRowView
  clock: Clock
  /** Whether the list has a column to select rows in. */
  isSelectable: boolean
  isCursor?: boolean
}) {
  return (
    <tr className={isCursor ? 'cursor' : undefined}>
      {isSelectable && <td className="sel">{row.canReject && <Pick row={row} />}</td>}
      <th scope="row">
        <a className="goal" href={`/tickets/${row.requestId}`}>
          <Sent text={row.goal} />
        </a>
        <span className="line2">
          <Tool name={row.tool} />
          {row.moreToolCount > 0 && <span>and {row.moreToolCount} more</span>}
          <span>
            {row.environment.registered ? (
              row.environment.name
            ) : (
              <Claim text={row.environment.name} />
            )}
          </span>
          {row.riskLabel && row.state === 'open' && <span>{row.riskLabel}</span>}
        </span>
      </th>
      <td className="need">
        {row.state === 'open' ? (
          <Needs needs={row.needs} clock={clock} />
        ) : (
          <Ended row={row} clock={clock} />
        )}
      </td>
      <td className="by">
        {row.callerName}
        <span>{row.ownerName}</span>
      </td>
      <Due row={row} clock={clock} />
    </tr>
  )
}

function Pick({ row }: { row: InboxRowView }) {
  return (
    <label className="choice pick">
      <input type="checkbox" name="id" value={row.requestId} />
      <span className="vh">
        Select: <Sent text={row.goal} />
      </span>
    </label>
  )
}

function Needs({ needs, clock }: { needs: readonly InboxNeedView[]; clock: Clock }) {
  return (
    <ul>
      {needs.map((need, at) => (
        <li key={String(at)} className={needClass(need)}>
          {need.kind !== 'aside' && <Icon name={need.kind === 'opens' ? 'box-opens' : 'box'} />}
          <span>
            <Prose of={need.text} clock={clock} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function needClass(need: InboxNeedView): string | undefined {
  if (need.kind === 'aside') return 'aside'
  if (need.kind === 'opens') return 'self'
  return need.isYours ? 'yours' : undefined
}

function Ended({ row, clock }: { row: InboxRowView; clock: Clock }) {
  return (
    <>
      <TicketState state={row.state} />
      {row.said && (
        <span className="said">
          <Prose of={row.said} clock={clock} />
        </span>
      )}
    </>
  )
}

function Due({ row, clock }: { row: InboxRowView; clock: Clock }) {
  if (row.state !== 'open' || !row.closesAt) {
    return (
      <td className="due">
        <b>{row.closedAt && <Time at={row.closedAt} form="short" clock={clock} />}</b>
      </td>
    )
  }
  const isSoon = msBetween(clock.now, row.closesAt) < SOON_MS
  return (
    <td className={isSoon ? 'due soon' : 'due'}>
      <b>
        {isSoon && <Icon name="clock" />} <Until at={row.closesAt} clock={clock} />
      </b>
      <span>
        <Time at={row.closesAt} form="short" clock={clock} />
      </span>
    </td>
  )
}
