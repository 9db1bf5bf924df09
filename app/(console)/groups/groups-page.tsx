import type { Clock } from '#lib/wire/clock'
import type { GroupRowView, GroupsView } from '#lib/wire/views/groups'
import { EmptyState } from '../../_ui/empty-state'
import { Crumbs } from '../../_ui/frame/console-frame'
import { GapsNotice } from '../../_ui/gaps-notice'
import { counted } from '../../_ui/number-words'
import { PageHead, Section } from '../../_ui/section'
import { DualControlLine } from '../people/dual-control-line'
import { CreateGroup } from './create-group'

/** The groups that approve, and what asks for them. */
export function GroupsPage({ groups, clock }: { groups: GroupsView; clock: Clock }) {
  const { rows, gaps, acts } = groups
  return (
    <>
      <div className="page-crumbs">
        <Crumbs trail={[{ href: '/people', label: 'People' }]} here="Groups" />
      </div>
      <PageHead title="Groups">Policy asks for votes of these.</PageHead>
      {acts && <DualControlLine dualControl={acts.dualControl} clock={clock} />}
      <GapsNotice gaps={gaps} />
      {rows.length === 0 ? (
        <EmptyState title="There is no group yet" tone="open">
          <p>Nobody can approve anything before there is one with somebody in it.</p>
        </EmptyState>
      ) : (
        <div className="listed">
          <GroupsTable rows={rows} />
        </div>
      )}
      {acts && (
        <Section id="create" title="A new group" note="Empty, so it gives nobody anything.">
          <CreateGroup />
        </Section>
      )}
    </>
  )
}

function GroupsTable({ rows }: { rows: readonly GroupRowView[] }) {
  return (
    <table className="table cards people">
      <caption className="vh">Groups</caption>
      <thead>
        <tr>
          <th scope="col">Group</th>
          <th scope="col">Members</th>
          <th scope="col">Needed by</th>
          <th scope="col">Open tickets</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">
              {row.isMissing ? row.label : <a href={`/groups/${row.name}`}>{row.label}</a>}
              <span className="sub">
                <code>{row.name}</code>
              </span>
            </th>
            <td>
              <span className="card-label">Members</span>
              <div>
                {row.isMissing ? 'Nobody has made it' : membersText(row)}
                {row.isByRole && <span className="sub">Kept by the role of admin</span>}
              </div>
            </td>
            <td>
              <span className="card-label">Needed</span>
              <div>
                {row.neededBy.length === 0 ? (
                  <span className="soft">{row.isByRole ? 'Dual control' : 'Nothing'}</span>
                ) : (
                  row.neededBy.map((owner) => (
                    <span key={owner} className="line">
                      {owner}
                    </span>
                  ))
                )}
              </div>
            </td>
            <td>
              <span className="card-label">Open</span>
              <div>{row.openCount === 0 ? 'None' : counted(row.openCount, 'ticket')}</div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function membersText({ memberCount, endingCount }: GroupRowView): string {
  if (memberCount === 0) return 'Nobody'
  const people = counted(memberCount, 'person', 'people')
  return endingCount === 0 ? people : `${people}, ${endingCount} for a time`
}
