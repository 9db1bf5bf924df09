import type { Clock } from '#lib/wire/clock'
import type { RoutingVersionView } from '#lib/wire/views/slack-setup'
import { Time } from '../../_ui/time'

/** What was saved before, to look at or to start from again. */
export function RoutingVersions({
  versions,
  clock,
}: {
  versions: readonly RoutingVersionView[]
  clock: Clock
}) {
  return (
    <table className="table cards">
      <caption className="vh">Saved versions</caption>
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Saved</th>
          <th scope="col">By</th>
          <th scope="col" className="r">
            <span className="vh">Start from it</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {versions.map(({ ordinal, publishedAt, publishedByName }) => (
          <tr key={ordinal}>
            <th scope="row">{ordinal}</th>
            <td>
              <Time at={publishedAt} form="full" clock={clock} />
            </td>
            <td>{publishedByName ?? 'The command line'}</td>
            <td className="r">
              <a className="small" href={`/slack?from=${ordinal}#routing`}>
                Open<span className="vh"> version {ordinal}</span>
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
