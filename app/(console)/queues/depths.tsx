import type { QueueRowView } from '#lib/wire/views/queues'
import { countText } from '../../_ui/number-words'

/** How many jobs each queue holds. */
export function Depths({ rows }: { rows: readonly QueueRowView[] }) {
  return (
    <table className="table queues">
      <caption className="vh">Jobs by queue</caption>
      <thead>
        <tr>
          <th scope="col">Queue</th>
          <th scope="col" className="num-cell">
            Waiting
          </th>
          <th scope="col" className="num-cell">
            Running
          </th>
          <th scope="col" className="num-cell">
            To be retried
          </th>
          <th scope="col" className="num-cell">
            Dead letters
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, label, waiting, active, delayed, failed }) => (
          <tr key={name}>
            <th scope="row">{label}</th>
            <td className="num-cell">{countText(waiting)}</td>
            <td className="num-cell">{countText(active)}</td>
            <td className="num-cell">{countText(delayed)}</td>
            <td className="num-cell">{countText(failed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
