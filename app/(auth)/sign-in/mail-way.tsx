'use client'

import { useState } from 'react'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { TextField } from '../../_ui/field'
import { askForLink } from './actions'

/** A link by mail, for whoever has no passkey at hand. What it answers tells nobody who is here. */
export function MailWay() {
  const [email, setEmail] = useState('')
  const [told, run, isPending] = useTold(() => askForLink({ email }))
  const form = useFocusOnFault(told)
  const error = told?.ok === false ? told.fields?.['email'] : undefined
  return (
    <form ref={form} className="stack mail-way" action={() => run()} noValidate>
      <TextField
        id="mail-email"
        label="E-mail address"
        hint="A link that signs you in once is mailed to it."
        error={isPending ? undefined : error}
        type="email"
        autoComplete="email"
        value={email}
        maxLength={254}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Button type="submit" isWide icon={isPending ? 'reload' : 'message'} isBusy={isPending}>
        Mail me a link
      </Button>
      {!isPending && !error && <ToldNotice told={told} />}
    </form>
  )
}
