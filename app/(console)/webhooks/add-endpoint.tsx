'use client'

import { type FormEvent, useState } from 'react'
import { WEBHOOK_EVENT_TYPES } from '#lib/core/webhook/events'
import { SecretSheet } from '../../_client/secret-sheet'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import { Button, ButtonLink } from '../../_ui/button'
import { SelectField } from '../../_ui/field'
import { addEndpoint } from './actions'
import { EndpointFields, settingsOf } from './endpoint-fields'

const EMPTY = { url: '', description: '', eventTypes: WEBHOOK_EVENT_TYPES }

/** A new endpoint; once it is there, its secret, and then room for another. */
export function AddEndpoint({ callers }: { callers: readonly { id: string; name: string }[] }) {
  const [added, setAdded] = useState<{ endpointId: string; secret: string } | null>(null)
  const [told, add, isBusy] = useTold<unknown>(async (input) => {
    const answer = await addEndpoint(input)
    if (!answer.ok) return answer
    setAdded(answer.value)
    return null
  })
  const form = useFocusOnFault(told)
  const fields = told?.ok === false ? told.fields : undefined
  if (added) {
    return (
      <SecretSheet
        secret={added.secret}
        onDone={() => setAdded(null)}
        next={
          <ButtonLink size="small" href={`/webhooks/${added.endpointId}`}>
            Open the endpoint
          </ButtonLink>
        }
      >
        The endpoint is enabled. Put its secret where the receiver reads it, then send a test.
      </SecretSheet>
    )
  }
  return (
    <form
      ref={form}
      className="form"
      noValidate
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault()
        const callerId = new FormData(event.currentTarget).get('callerId')
        add({ callerId, ...settingsOf(event.currentTarget) })
      }}
    >
      <SelectField
        id="add-caller"
        name="callerId"
        label="Caller"
        hint="Its requests are told, and nobody else’s."
        options={callers.map(({ id, name }) => ({ value: id, label: name }))}
        error={fields?.['callerId']}
      />
      <EndpointFields id="add" settings={EMPTY} fields={fields} />
      <div className="acts">
        <Button type="submit" isBusy={isBusy}>
          Add the endpoint
        </Button>
      </div>
      {!isBusy && !fields && <ToldNotice told={told} />}
    </form>
  )
}
