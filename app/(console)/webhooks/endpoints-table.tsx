import { type Clock, timeText } from '#lib/wire/clock'
import type { EndpointRowView } from '#lib/wire/views/webhooks'
import { cappedText } from '../../_ui/number-words'
import { EndpointState } from '../../_ui/state'

/** One row an endpoint, those of one caller together. */
export function EndpointsTable({
  rows,
  clock,
}: {
  rows: readonly EndpointRowView[]
  clock: Clock
}) {
  return (
    <table className="table cards webhooks">
      <caption className="vh">Webhook endpoints, by caller</caption>
      <thead>
        <tr>
          <th scope="col" className="c-what">
            Endpoint
          </th>
          <th scope="col">Caller</th>
          <th scope="col">State</th>
          <th scope="col">Last success</th>
          <th scope="col" className="r">
            Waiting
          </th>
          <th scope="col" className="r">
            Dead letters
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <a className="host" href={`/webhooks/${row.id}`}>
                <code>{row.host}</code>
              </a>
              {row.description && <span className="sub">{row.description}</span>}
            </th>
            <td>
              <span className="card-label">Caller </span>
              {row.callerName}
            </td>
            <td>
              <EndpointStanding endpoint={row} clock={clock} />
            </td>
            <td>
              <span className="card-label">Last success </span>
              {row.lastSuccessAt ? (
                timeText(row.lastSuccessAt, 'day', clock)
              ) : (
                <span className="soft">None yet</span>
              )}
            </td>
            <td className="r">
              <span className="card-label">Waiting </span>
              {cappedText(row.waitingCount)}
            </td>
            <td className="r">
              <span className="card-label">Dead letters </span>
              {cappedText(row.deadCount)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Word, icon and colour, and since when. */
export function EndpointStanding({
  endpoint: { state, since },
  clock,
}: {
  endpoint: Pick<EndpointRowView, 'state' | 'since'>
  clock: Clock
}) {
  return (
    <>
      <EndpointState state={state} />
      {since && <span className="sub">since {timeText(since, 'day', clock)}</span>}
    </>
  )
}
