import { type Clock, timeText } from '#lib/wire/clock'
import type { CallerRowView } from '#lib/wire/views/callers'
import { Icon } from '../../_ui/icon'
import { KIND_WORDS } from './words'

export function CallersTable({ rows, clock }: { rows: readonly CallerRowView[]; clock: Clock }) {
  return (
    <table className="table cards webhooks">
      <caption className="vh">Callers</caption>
      <thead>
        <tr>
          <th scope="col">Caller</th>
          <th scope="col">Owner</th>
          <th scope="col">Environments</th>
          <th scope="col">Keys</th>
          <th scope="col">Last used</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <a className="host" href={`/callers/${row.id}`}>
                <code>{row.name}</code>
              </a>
              <span className="sub">{KIND_WORDS[row.kind]}</span>
            </th>
            <td>
              <span className="card-label">Owner </span>
              {row.ownerName}
              {row.hasOwnerLeft && <OwnerLeft />}
            </td>
            <td>
              <span className="card-label">Environments </span>
              {row.environments.join(', ') || <span className="soft">None</span>}
            </td>
            <td>
              <span className="card-label">Keys </span>
              {row.liveKeyCount === 0 ? <span className="soft">None</span> : row.liveKeyCount}
            </td>
            <td>
              <span className="card-label">Last used </span>
              <LastUsed at={row.lastUsedAt} clock={clock} />
            </td>
            <td>
              <span className="card-label">State </span>
              {row.isActive ? 'Active' : 'Paused'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function OwnerLeft() {
  return (
    <span className="locked">
      <Icon name="alert" /> left
    </span>
  )
}

export function LastUsed({ at, clock }: { at: string | null; clock: Clock }) {
  return at ? timeText(at, 'day', clock) : <span className="soft">Never</span>
}
