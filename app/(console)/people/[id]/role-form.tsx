'use client'

import { useState } from 'react'
import type { Role } from '#lib/wire/change'
import { maySitInGroups } from '#lib/wire/seats'
import type { ProofWays } from '#lib/wire/views/common'
import type { PersonPageView } from '#lib/wire/views/people'
import { type ChangeDone, ChangeToldNotice } from '../../../_client/change-told-notice'
import type { NotDone } from '../../../_server/told'
import { ChangeDialog } from '../change-dialog'
import { RoleFields } from '../role-fields'
import { roleLabel } from '../role-words'

/** The roles somebody has, and a change of them. */
export function RoleForm({ person, ways }: { person: PersonPageView; ways: ProofWays }) {
  const { id, name, roles, groups } = person
  const [chosen, setChosen] = useState<Role[]>(roles)
  const [done, setDone] = useState<ChangeDone | null>(null)
  const gained = chosen.filter((role) => !roles.includes(role))
  const lost = roles.filter((role) => !chosen.includes(role))
  const left = maySitInGroups(chosen) ? [] : groups.filter(({ isByRole }) => !isByRole)
  return (
    <div className="stack">
      <RoleFields legend={`Roles of ${name}`} chosen={chosen} onChange={setChosen} />
      <div className="acts">
        <ChangeDialog
          id="change-roles"
          label="Change the roles"
          button="normal"
          title={`Change the roles of ${name}?`}
          change={{ kind: 'people.set_roles', person: id, roles: chosen }}
          missing={() => (gained.length + lost.length === 0 ? UNCHANGED : null)}
          isLoosening={gained.length > 0 || lost.includes('admin')}
          isTaking={lost.length > 0}
          ways={ways}
          onDone={setDone}
        >
          {[
            gained.length > 0 && `${name} becomes ${wordsOf(gained)}.`,
            lost.length > 0 && `${name} is no longer ${wordsOf(lost)}.`,
            left.length > 0 &&
              `Without a role for them, ${name} leaves ${left.map(({ label }) => label).join(', ')}.`,
            gained.length + lost.length === 0 && `${name} has exactly these roles.`,
          ]
            .filter((part) => typeof part === 'string')
            .join(' ')}
        </ChangeDialog>
      </div>
      <ChangeToldNotice done={done} about={name} />
    </div>
  )
}

function wordsOf(roles: readonly Role[]): string {
  return roles.map((role) => roleLabel(role).toLowerCase()).join(', ')
}

const UNCHANGED: NotDone = {
  ok: false,
  title: 'Nothing is different yet',
  text: 'Close this, then tick the roles as they are to be.',
}
