import type { Clock } from '#lib/wire/clock'
import type { HeldView } from '#lib/wire/views/queues'
import { Facts } from '../../_ui/facts'
import { counted, countText } from '../../_ui/number-words'
import { Sent } from '../../_ui/sent'
import { Since } from '../../_ui/time'

/** How many wait, for how long and for what; the oldest by name. */
export function Held({ held, clock }: { held: HeldView; clock: Clock }) {
  const { count, lookedAtCount, byAge, byNeed, oldest } = held
  if (count === 0) return <p>No request is held.</p>
  return (
    <div className="stack">
      <p>
        <a href="/inbox?view=open&sort=oldest">
          {counted(count, 'request is', 'requests are')} held
        </a>
        .
      </p>
      <Facts
        isAcross
        facts={byAge.map(({ label, count: many }) => ({ label, value: countText(many) }))}
      />
      <table className="table queues">
        <caption>
          What they wait for
          {lookedAtCount < count && `, of the oldest ${countText(lookedAtCount)}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Waits for</th>
            <th scope="col" className="num-cell">
              Requests
            </th>
          </tr>
        </thead>
        <tbody>
          {byNeed.map(({ title, count: many }) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td className="num-cell">{countText(many)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className="table cards queues">
        <caption>The oldest</caption>
        <thead>
          <tr>
            <th scope="col">Request</th>
            <th scope="col">Waits for</th>
            <th scope="col">Held for</th>
          </tr>
        </thead>
        <tbody>
          {oldest.map(({ requestId, goal, callerName, since, needs }) => (
            <tr key={requestId}>
              <th scope="row">
                <a className="goal-said" href={`/tickets/${requestId}`}>
                  <Sent text={goal} />
                </a>
                <span className="sub">{callerName}</span>
              </th>
              <td>{needs.join('; ')}</td>
              <td>
                <Since at={since} clock={clock} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
