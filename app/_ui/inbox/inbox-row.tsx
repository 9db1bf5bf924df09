import type { Clock } from '#lib/wire/clock'
import type { InboxNeedView, InboxRowView, InboxSectionView } from '#lib/wire/views/inbox'
import { DueCell } from '../../_client/inbox/due-cell'
import { PickBox } from '../../_client/inbox/selection'
import { Icon } from '../icon'
import { Prose } from '../prose'
import { Claim, Sent, Tool } from '../sent'
import { TicketState } from '../state'
import { Since, Time, Until } from '../time'

interface RowParts {
  /** In which list it stands. */
  list: InboxSectionView['id']
  row: InboxRowView
  clock: Clock
  /** Whether the list has a column to select rows in. */
  isSelectable: boolean
}

/** One request in a list. The goal's link covers the row. */
export function InboxRow({
  list,
  row,
  clock,
  isSelectable,
  isCursor = false,
}: RowParts & { isCursor?: boolean }) {
  return (
    <tr className={isCursor ? 'cursor' : undefined}>
      {isSelectable && (
        <td className="sel">
          {row.canReject && <PickBox requestId={row.requestId} goal={row.goal} />}
        </td>
      )}
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
          <Ended list={list} row={row} clock={clock} />
        )}
      </td>
      <td className="by">
        {row.callerName}
        <span>{row.ownerName}</span>
      </td>
      <Due list={list} row={row} clock={clock} />
    </tr>
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

function Ended({ list, row, clock }: Omit<RowParts, 'isSelectable'>) {
  const { silence } = row
  if (!silence) {
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
  return (
    <>
      {/* In a list of what is silent, the state is what its head says. */}
      {list !== silence.kind && <TicketState state={row.state} />}
      <span className="silent">
        <Icon name="alert" />
        <span>
          {silence.kind === 'never_collected' ? 'Not collected' : 'Not reported'} for{' '}
          <Since at={silence.since} clock={clock} />
        </span>
      </span>
      {list === silence.kind && <span className="said">Ask {row.ownerName}.</span>}
    </>
  )
}

function Due({ list, row, clock }: Omit<RowParts, 'isSelectable'>) {
  if (row.state === 'open' && row.closesAt) {
    // What a client part is given travels in the page's own bytes: no more than it needs.
    return <DueCell at={row.closesAt} clock={{ zone: clock.zone, now: clock.now }} />
  }
  if (list === 'never_collected' && row.silence) {
    return (
      <td className="due">
        <b>
          <Until at={row.silence.lapsesAt} clock={clock} />
        </b>
        <span>
          <Time at={row.silence.lapsesAt} form="short" clock={clock} />
        </span>
      </td>
    )
  }
  const at = list === 'never_reported' ? row.silence?.since : row.closedAt
  return (
    <td className="due">
      <b>{at && <Time at={at} form="short" clock={clock} />}</b>
    </td>
  )
}
