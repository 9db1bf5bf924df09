'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import { maySitInGroups } from '#lib/wire/seats'
import type { MembershipView, PersonPageView } from '#lib/wire/views/people'
import { type ChangeDone, ChangeToldNotice } from '../../../_client/change-told-notice'
import { SelectField } from '../../../_ui/field'
import { EndFields, useEnd } from '../../groups/end-fields'
import { MemberActs } from '../../groups/member-acts'
import { ChangeDialog } from '../change-dialog'

/** The groups somebody is in, each with its end, and a place in another one. */
export function Memberships({ person, clock }: { person: PersonPageView; clock: Clock }) {
  const { name, groups, acts, isActive, roles } = person
  const [done, setDone] = useState<ChangeDone | null>(null)
  return (
    <div className="stack">
      <ChangeToldNotice done={done} about={name} />
      {groups.length === 0 ? (
        <p className="soft">They are in none.</p>
      ) : (
        <table className="table cards people">
          <caption className="vh">Groups of {name}</caption>
          <thead>
            <tr>
              <th scope="col">Group</th>
              <th scope="col">Ends</th>
              {acts && <th scope="col">Change</th>}
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.name}>
                <th scope="row">
                  <a href={`/groups/${group.name}`}>{group.label}</a>
                </th>
                <td>
                  <span className="card-label">Ends</span>
                  <div>{endText(group, clock)}</div>
                </td>
                {acts && (
                  <td>
                    <span className="card-label">Change</span>
                    {group.isByRole || !isActive ? (
                      <span className="soft">Nothing here</span>
                    ) : (
                      <MemberActs
                        group={group}
                        person={person}
                        endsAt={group.endsAt}
                        ways={acts.ways}
                        clock={clock}
                        onDone={setDone}
                      />
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {acts && isActive && !maySitInGroups(roles) && (
        <p className="soft">
          Nobody is put into a group without a role for it: approver, release manager or admin.
        </p>
      )}
      {acts && acts.groups.length > 0 && (
        <JoinGroup person={person} groups={acts.groups} clock={clock} onDone={setDone} />
      )}
    </div>
  )
}

function endText({ endsAt, isByRole }: MembershipView, clock: Clock): string {
  if (endsAt !== null) return timeText(endsAt, 'day', clock)
  return isByRole ? 'With the role of admin' : 'When somebody ends it'
}

function JoinGroup({
  person,
  groups,
  clock,
  onDone,
}: {
  person: PersonPageView
  groups: readonly { name: string; label: string }[]
  clock: Clock
  onDone: (done: ChangeDone) => void
}) {
  const [chosen, setChosen] = useState('')
  const end = useEnd(clock)
  const group = groups.find(({ name }) => name === chosen) ?? groups[0]
  if (!group || !person.acts) return null
  return (
    <div className="acts">
      <ChangeDialog
        id="join-group"
        label="Put into a group"
        button="normal"
        title={`Put ${person.name} into a group?`}
        change={{
          kind: 'groups.set_member',
          group: group.name,
          person: person.id,
          until: end.until,
        }}
        missing={end.missing}
        isLoosening
        ways={person.acts.ways}
        onDone={onDone}
        fields={
          <>
            <SelectField
              id="join-group-name"
              label="Group"
              width={3}
              value={group.name}
              onChange={({ currentTarget: { value } }) => setChosen(value)}
              options={groups.map(({ name, label }) => ({ value: name, label }))}
            />
            <EndFields id="join-group" end={end} zone={clock.zone} />
          </>
        }
      >
        Their votes then count where policy asks for the group. Where dual control is on, another
        admin approves it first.
      </ChangeDialog>
    </div>
  )
}
