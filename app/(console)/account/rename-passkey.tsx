'use client'

import { useState } from 'react'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { rename } from './actions'
import { PasskeyNameField } from './passkey-name-field'

/** Another name for a passkey; what it proves does not change. */
export function RenamePasskey({
  id,
  passkeyId,
  name,
  onDone,
}: {
  id: string
  passkeyId: string
  name: string
  onDone: (text: string) => void
}) {
  const [typed, setTyped] = useState(name)
  const [told, run, isPending] = useTold(async () => {
    const renamed = await rename({ passkeyId, name: typed })
    if (renamed?.ok) onDone(renamed.text)
    return renamed
  })
  const form = useFocusOnFault(told)
  const error = told?.ok === false ? told.fields?.['name'] : undefined
  return (
    <form ref={form} className="form prove" action={() => run()} noValidate>
      <PasskeyNameField id={`${id}-name`} name={typed} setName={setTyped} error={error} />
      <div className="acts">
        <Button type="submit" size="small" isBusy={isPending}>
          Rename
        </Button>
      </div>
      {!isPending && !error && <ToldNotice told={told} />}
    </form>
  )
}
