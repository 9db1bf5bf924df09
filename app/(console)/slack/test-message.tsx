'use client'

import { type FormEvent, useState } from 'react'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { TextField } from '../../_ui/field'
import { sendTest } from './actions'

export function TestMessage() {
  const [channel, setChannel] = useState('')
  const [told, send, isBusy] = useTold<string>((id) => sendTest({ channel: id }))
  const form = useFocusOnFault(told)
  const isRefused = told !== null && !told.ok
  return (
    <form
      ref={form}
      className="form"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        send(channel)
      }}
    >
      <TextField
        id="test-channel"
        name="channel"
        label="Channel"
        hint="Its id, such as C0123456789"
        width={3}
        isBytes
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={channel}
        onChange={({ target }) => setChannel(target.value)}
        error={isRefused ? told.fields?.['channel'] : undefined}
      />
      <div className="acts">
        <Button type="submit" isBusy={isBusy}>
          Send a test message
        </Button>
      </div>
      {!isBusy && !(isRefused && told.fields) && <ToldNotice told={told} />}
    </form>
  )
}
