'use client'

import { useState } from 'react'
import type { ProofWays } from '#lib/wire/views/common'
import { type ChangeDone, ChangeToldNotice } from '../../_client/change-told-notice'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { TextField } from '../../_ui/field'
import { makeItSo } from '../people/actions'

const NO_PROOF: ProofWays = { passkey: false, code: false }

/** A group as policy names it and as people call it. */
export function CreateGroup() {
  const [group, setGroup] = useState('')
  const [label, setLabel] = useState('')
  const [done, setDone] = useState<ChangeDone | null>(null)
  const change = { kind: 'groups.create', group, label } as const
  const proved = useProved({ action: 'change', change }, async (proof) => {
    setDone(null)
    const told = await makeItSo({ change, proof })
    if (told.ok) {
      setDone(told)
      setGroup('')
      setLabel('')
    }
    return told.ok ? null : told
  })
  const fields = proved.told?.ok === false ? proved.told.fields : undefined
  return (
    <div className="stack">
      <ProveForm id="create-group" verb="Create the group" ways={NO_PROOF} proved={proved}>
        <TextField
          id="create-group-label"
          label="What people call it"
          width={3}
          autoComplete="off"
          value={label}
          onChange={({ currentTarget: { value } }) => setLabel(value)}
          error={fields?.['label']}
        />
        <TextField
          id="create-group-name"
          label="Name in the policy"
          hint="Lower-case letters, digits and _"
          isBytes
          width={3}
          autoComplete="off"
          value={group}
          onChange={({ currentTarget: { value } }) => setGroup(value)}
          error={fields?.['group']}
        />
      </ProveForm>
      <ChangeToldNotice done={done} about="The group" />
    </div>
  )
}
