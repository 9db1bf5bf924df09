'use client'

import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser'
import { useState } from 'react'
import type { ProofWays } from '#lib/wire/views/common'
import { ProveForm } from '../../_client/proof/prove-form'
import type { Ceremony } from '../../_client/proof/use-ceremony'
import { useProved } from '../../_client/proof/use-proved'
import { ToldNotice } from '../../_client/told-notice'
import { useTold } from '../../_client/use-told'
import type { NotDone, Told } from '../../_server/told'
import { Button } from '../../_ui/button'
import { addPasskey, startPasskey } from './actions'
import { PasskeyNameField } from './passkey-name-field'

const NO_NAME: NotDone = {
  ok: false,
  title: 'Not yet',
  text: 'Give it a name.',
  fields: { name: 'Give it a name, so that you know later which one it is.' },
}

/** A name, a proof where there is something to prove with, then the browser makes the passkey. */
export function AddPasskey({ ways, onDone }: { ways: ProofWays; onDone: (text: string) => void }) {
  const [name, setName] = useState('')
  // Vouched for but not made yet: some browsers want a press of its own for each of two prompts.
  const [vouched, setVouched] = useState<PublicKeyCredentialCreationOptionsJSON | null>(null)

  async function finish(
    options: PublicKeyCredentialCreationOptionsJSON,
    { make }: Ceremony,
  ): Promise<Told> {
    setVouched(options)
    const response = await make(options)
    if (!response) return null
    const told = await addPasskey({ name, response })
    setVouched(null)
    if (told?.ok) onDone(told.text)
    return told
  }

  const proved = useProved(
    { action: 'add_factor' },
    async (proof, ceremony) => {
      const started = await startPasskey({ proof })
      return started.ok ? await finish(started.value, ceremony) : started
    },
    () => (name.trim() === '' ? NO_NAME : null),
  )
  const [, makeAgain, isMaking] = useTold(
    async (): Promise<Told> => (vouched ? await finish(vouched, proved.ceremony) : null),
  )

  const nameError = proved.told?.ok === false ? proved.told.fields?.['name'] : undefined
  const nameField = (
    <PasskeyNameField
      id="passkey-name"
      name={name}
      setName={setName}
      hint="Such as Work laptop or Blue key"
      error={nameError}
    />
  )
  if (vouched && !proved.isPending) {
    return (
      <form className="form prove" action={() => makeAgain()}>
        {nameField}
        <div className="acts">
          <Button type="submit" icon={isMaking ? 'reload' : 'passkey'} isBusy={isMaking}>
            {isMaking ? 'Waiting for your passkey' : 'Make the passkey'}
          </Button>
        </div>
        {!isMaking && <ToldNotice told={null} fault={proved.ceremony.fault} />}
      </form>
    )
  }
  return (
    <ProveForm id="add-passkey" verb="Continue" unproved="Add passkey" ways={ways} proved={proved}>
      {nameField}
    </ProveForm>
  )
}
