'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { GroupView, MemberView } from '#lib/wire/views/groups'
import { type ChangeDone, ChangeToldNotice } from '../../../_client/change-told-notice'
import { SelectField } from '../../../_ui/field'
import { ChangeDialog } from '../../people/change-dialog'
import { EndFields, useEnd } from '../end-fields'
import { MemberActs } from '../member-acts'

/** Who is in the group and until when. What came of a change stands above the rows, which show what is true now. */
export function Members({ group, clock }: { group: GroupView; clock: Clock }) {
  const { members, acts, isByRole } = group
  const [done, setDone] = useState<{ about: string; done: ChangeDone } | null>(null)
  const canAct = acts !== null && !isByRole
  return (
    <div className="stack">
      {done && <ChangeToldNotice done={done.done} about={done.about} />}
      {members.length === 0 ? (
        <p className="soft">Nobody is in it: whatever asks for it stays held.</p>
      ) : (
        <table className="table cards people">
          <caption className="vh">Members</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Since</th>
              <th scope="col">Ends</th>
              {canAct && <th scope="col">Change</th>}
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.id}>
                <MemberCells member={member} clock={clock} />
                {canAct && (
                  <td>
                    <span className="card-label">Change</span>
                    <MemberActs
                      group={group}
                      person={member}
                      endsAt={member.endsAt}
                      ways={acts.ways}
                      clock={clock}
                      onDone={(what) => setDone({ about: member.name, done: what })}
                    />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {canAct && (
        <AddMember
          group={group}
          clock={clock}
          onDone={(about, what) => setDone({ about, done: what })}
        />
      )}
    </div>
  )
}

function MemberCells({ member, clock }: { member: MemberView; clock: Clock }) {
  const { id, name, email, hasFactor, endsAt, addedAt, addedByName } = member
  return (
    <>
      <th scope="row">
        <a href={`/people/${id}`}>{name}</a>
        <span className="sub">{email}</span>
        {!hasFactor && <span className="sub">No factor, cannot vote</span>}
      </th>
      <td>
        <span className="card-label">Since</span>
        <div>
          {timeText(addedAt, 'day', clock)}
          {addedByName && <span className="sub">by {addedByName}</span>}
        </div>
      </td>
      <td>
        <span className="card-label">Ends</span>
        <div>{endsAt ? timeText(endsAt, 'day', clock) : <span className="soft">No end</span>}</div>
      </td>
    </>
  )
}

function AddMember({
  group,
  clock,
  onDone,
}: {
  group: GroupView
  clock: Clock
  onDone: (about: string, done: ChangeDone) => void
}) {
  const [chosen, setChosen] = useState('')
  const end = useEnd(clock)
  const people = group.acts?.candidates.people ?? []
  const person = people.find(({ id }) => id === chosen) ?? people[0]
  if (!person || !group.acts) {
    return (
      <p className="soft">Nobody else has a role for it. Roles are given on a person’s page.</p>
    )
  }
  return (
    <div className="acts">
      <ChangeDialog
        id="add-member"
        label="Add somebody"
        button="normal"
        title={`Add somebody to ${group.label}?`}
        change={{
          kind: 'groups.set_member',
          group: group.name,
          person: person.id,
          until: end.until,
        }}
        missing={end.missing}
        isLoosening
        ways={group.acts.ways}
        onDone={(done) => onDone(person.name, done)}
        fields={
          <>
            <SelectField
              id="add-member-person"
              label="Who"
              {...(group.acts.candidates.hasMore && {
                hint: 'Not everybody is listed: anybody can be added on their own page.',
              })}
              value={person.id}
              onChange={({ currentTarget: { value } }) => setChosen(value)}
              options={people.map(({ id, name, email }) => ({
                value: id,
                label: `${name} (${email})`,
              }))}
            />
            <EndFields id="add-member" end={end} zone={clock.zone} />
          </>
        }
      >
        Their votes then count where policy asks for this group. Where dual control is on, another
        admin approves it first.
      </ChangeDialog>
    </div>
  )
}
