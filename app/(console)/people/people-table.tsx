'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { PeopleView, PersonRowView } from '#lib/wire/views/people'
import { type ChangeDone, ChangeToldNotice, plainly } from '../../_client/change-told-notice'
import { DeedDialog } from '../../_client/deed-dialog'
import { counted } from '../../_ui/number-words'
import { Sent } from '../../_ui/sent'
import { AccountCell } from './account-cell'
import { unlinkPerson } from './actions'

/** One row a person. What came of unlinking somebody is told above the rows, which show what is true now. */
export function PeopleTable({ people, clock }: { people: PeopleView; clock: Clock }) {
  const [done, setDone] = useState<{ about: string; done: ChangeDone } | null>(null)
  const { hasSlack, rows, canUnlink } = people
  return (
    <div className="stack listed">
      {done && <ChangeToldNotice done={done.done} about={done.about} />}
      <table className="table cards people">
        <caption className="vh">People</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Roles</th>
            <th scope="col">Approver groups</th>
            <th scope="col">Factors</th>
            {hasSlack && <th scope="col">Slack user</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((person) => (
            <tr key={person.id}>
              <th scope="row">
                <a href={`/people/${person.id}`}>{person.name}</a>
                {person.isViewer && <span className="soft"> (you)</span>}
                <span className="sub">{person.email}</span>
              </th>
              <td>
                <span className="card-label">Roles</span>
                <div>{person.roles.join(', ') || <span className="soft">None</span>}</div>
              </td>
              <td>
                <span className="card-label">Groups</span>
                <div>
                  <Groups groups={person.groups} clock={clock} />
                </div>
              </td>
              <td>
                <span className="card-label">Factors</span>
                <div>
                  <FactorCount person={person} />
                  <AccountCell
                    person={person}
                    ways={people.ways}
                    clock={clock}
                    onDone={(what) => setDone({ about: person.name, done: what })}
                  />
                </div>
              </td>
              {hasSlack && (
                <td>
                  <span className="card-label">Slack</span>
                  <SlackCell
                    person={person}
                    canUnlink={canUnlink || person.isViewer}
                    clock={clock}
                    onDone={(what) => setDone({ about: person.name, done: what })}
                  />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Groups({ groups, clock }: { groups: PersonRowView['groups']; clock: Clock }) {
  if (groups.length === 0) return <span className="soft">None</span>
  return groups.map(({ label, endsAt }) => (
    <span key={label} className="line">
      {label}
      {endsAt !== null && <span className="soft"> until {timeText(endsAt, 'day', clock)}</span>}
    </span>
  ))
}

/** Without a factor nobody can vote: that is the fact to see. */
function FactorCount({ person }: { person: PersonRowView }) {
  const { factorCount, waitingFactorCount, isActive } = person
  const waits = waitingFactorCount > 0 && (
    <span className="sub">
      {counted(waitingFactorCount, 'waits', 'wait')} for a second person
      {person.account && !person.isViewer && (
        <>
          : <a href="/account#waiting">see who confirms</a>
        </>
      )}
    </span>
  )
  if (factorCount > 0) {
    return (
      <>
        {counted(factorCount, 'factor')}
        {waits}
      </>
    )
  }
  return (
    <>
      <span className="soft">None{isActive && ', cannot vote'}</span>
      {waits}
    </>
  )
}

function SlackCell({
  person,
  canUnlink,
  clock,
  onDone,
}: {
  person: PersonRowView
  canUnlink: boolean
  clock: Clock
  onDone: (done: ChangeDone) => void
}) {
  const { slack, name, id } = person
  if (!slack) return <span className="soft">Not linked</span>
  return (
    <div className="linked">
      <div>
        <Sent text={slack.userName} /> <code>{slack.userId}</code>
        <span className="sub">
          In {slack.workspace} since {timeText(slack.linkedAt, 'day', clock)}
        </span>
      </div>
      {canUnlink && (
        <DeedDialog
          id={`unlink-${id}`}
          kind="quiet"
          label="Unlink"
          labelEnd={name}
          title={`Unlink ${name} from Slack?`}
          keepLabel="Keep the link"
          reason={null}
          act={async () => {
            const told = await unlinkPerson(id)
            if (told?.ok) onDone(plainly(told.text))
            return told
          }}
        >
          The Slack user {slack.userName} ({slack.userId}) is nobody here from then on: its next
          click is refused. Votes given by it stand.
        </DeedDialog>
      )}
    </div>
  )
}
