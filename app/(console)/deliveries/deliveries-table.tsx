'use client'

import { type Clock, timeText } from '#lib/wire/clock'
import type { DeliveryRowView } from '#lib/wire/views/deliveries'
import { ToldNotice } from '../../_client/told-notice'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { Sent } from '../../_ui/sent'
import {
  DeliveryPlace,
  DeliveryStanding,
  DeliveryTime,
  deliveryKindWords,
} from '../../_ui/ticket/delivery'
import { tryAgain } from './actions'
import { sharedWords } from './shared-words'

/** One row a message. What came of another try is told above the rows, which show what is true now. */
export function DeliveriesTable({
  rows,
  clock,
  isAdmin,
}: {
  rows: readonly DeliveryRowView[]
  clock: Clock
  isAdmin: boolean
}) {
  const [told, retry, isPending] = useTold<string>((messageId) => tryAgain(messageId))
  return (
    <div className="stack listed">
      {!isPending && <ToldNotice told={told} />}
      <table className="table cards deliveries">
        <caption className="vh">Messages to Slack, newest first</caption>
        <thead>
          <tr>
            <th scope="col" className="c-what">
              What
            </th>
            <th scope="col" className="c-where">
              Where
            </th>
            <th scope="col">State</th>
            <th scope="col" className="c-when">
              Sent, or tried next
            </th>
            {isAdmin && (
              <th scope="col" className="r c-do">
                <span className="vh">Try again</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <What row={row} clock={clock} />
              </th>
              <td className="where">
                <DeliveryPlace to={row.to} />
              </td>
              <td>
                <DeliveryStanding delivery={row} />
              </td>
              <td>
                <DeliveryTime delivery={row} clock={clock} />
              </td>
              {isAdmin && (
                <td className="r">
                  <Retry row={row} clock={clock} onRetry={retry} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function What({ row, clock }: { row: DeliveryRowView; clock: Clock }) {
  const { request, kind, callerName, createdAt, state } = row
  return (
    <>
      {request ? (
        <a className="goal-said" href={`/tickets/${request.id}`}>
          <Sent text={request.goal} />
        </a>
      ) : (
        <span>Requests of {callerName}</span>
      )}
      <span className="sub">
        {deliveryKindWords[kind]}
        {request && `, ${callerName}`}
        {sharedWords(row)}
        {state !== 'sent' && `, since ${timeText(createdAt, 'day', clock)}`}
      </span>
    </>
  )
}

function Retry({
  row,
  clock,
  onRetry,
}: {
  row: DeliveryRowView
  clock: Clock
  onRetry: (messageId: string) => void
}) {
  const { canRetry, messageId, kind, createdAt } = row
  if (kind === 'route') {
    return (
      <a className="small" href="/slack#routing">
        Set a channel
      </a>
    )
  }
  if (!canRetry || messageId === null) return null
  return (
    <form action={() => onRetry(messageId)}>
      <Button type="submit" size="small">
        Try again
        <span className="vh">
          {' '}
          the {deliveryKindWords[kind].toLowerCase()} of {timeText(createdAt, 'day_seconds', clock)}
        </span>
      </Button>
    </form>
  )
}
