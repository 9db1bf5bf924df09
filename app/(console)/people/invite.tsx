'use client'

import { useState } from 'react'
import type { Role } from '#lib/wire/change'
import type { Clock } from '#lib/wire/clock'
import type { ProofWays } from '#lib/wire/views/common'
import { type ChangeDone, ChangeToldNotice } from '../../_client/change-told-notice'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import { Button, ButtonLink } from '../../_ui/button'
import { TextField } from '../../_ui/field'
import { invite, type LinkMade } from './actions'
import { ChangeDialog } from './change-dialog'
import { LinkSheet } from './link-sheet'
import { RoleFields } from './role-fields'
import { roleLabel } from './role-words'

interface Invited {
  id: string
  name: string
  link: LinkMade
}

/** Somebody new: first the person and their link, then the roles, which another admin approves. */
export function Invite({ ways, clock }: { ways: ProofWays; clock: Clock }) {
  const [invited, setInvited] = useState<Invited | null>(null)
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [roles, setRoles] = useState<Role[]>([])
  const [told, send, isBusy] = useTold(async () => {
    const answer = await invite({ kind: 'people.invite', name, email })
    if (!answer.ok) return answer
    setInvited(answer.value)
    return null
  })
  const form = useFocusOnFault(told)
  const fields = told?.ok === false ? told.fields : undefined
  if (invited) {
    return (
      <Welcome
        invited={invited}
        roles={roles}
        ways={ways}
        clock={clock}
        onDone={() => {
          setInvited(null)
          setName('')
          setEmail('')
          setRoles([])
        }}
      />
    )
  }
  return (
    <form ref={form} className="form" action={() => send()} noValidate>
      <TextField
        id="invite-name"
        label="Name"
        hint="As others know them: it stands beside their votes."
        width={3}
        autoComplete="off"
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        error={fields?.['name']}
      />
      <TextField
        id="invite-email"
        label="E-mail"
        type="email"
        width={3}
        autoComplete="off"
        value={email}
        onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        error={fields?.['email']}
      />
      <RoleFields legend="Roles" chosen={roles} onChange={setRoles} />
      <div className="acts">
        <Button type="submit" isBusy={isBusy}>
          Invite
        </Button>
      </div>
      {!isBusy && !fields && <ToldNotice told={told} />}
    </form>
  )
}

function Welcome({
  invited,
  roles,
  ways,
  clock,
  onDone,
}: {
  invited: Invited
  roles: Role[]
  ways: ProofWays
  clock: Clock
  onDone: () => void
}) {
  const [done, setDone] = useState<ChangeDone | null>(null)
  const { id, name, link } = invited
  return (
    <div className="stack">
      <p>{name} is here, without a role: they may look, and nothing else.</p>
      {roles.length > 0 && done === null && (
        <div className="acts">
          <ChangeDialog
            id="invite-roles"
            label="Give the roles"
            button="normal"
            title={`Give ${name} these roles?`}
            change={{ kind: 'people.set_roles', person: id, roles }}
            isLoosening
            ways={ways}
            onDone={setDone}
          >
            {roles.map(roleLabel).join(', ')}. Where dual control is on, another admin approves it.
          </ChangeDialog>
        </div>
      )}
      <ChangeToldNotice done={done} about={name} />
      <LinkSheet link={link} name={name} clock={clock} onDone={onDone}>
        <ButtonLink size="small" href={`/people/${id}`}>
          Open their page
        </ButtonLink>
      </LinkSheet>
    </div>
  )
}
