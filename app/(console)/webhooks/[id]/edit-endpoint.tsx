'use client'

import type { FormEvent } from 'react'
import { ToldNotice } from '../../../_client/told-notice'
import { useFocusOnFault } from '../../../_client/use-focus-on-fault'
import { useTold } from '../../../_client/use-told'
import { Button } from '../../../_ui/button'
import { saveEndpoint } from '../actions'
import { EndpointFields, type EndpointSettings, settingsOf } from '../endpoint-fields'

export function EditEndpoint({
  endpointId,
  settings,
}: {
  endpointId: string
  settings: EndpointSettings
}) {
  const [told, save, isBusy] = useTold<unknown>(saveEndpoint)
  const form = useFocusOnFault(told)
  const fields = told?.ok === false ? told.fields : undefined
  return (
    <form
      ref={form}
      className="form"
      noValidate
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault()
        save({ endpointId, ...settingsOf(event.currentTarget) })
      }}
    >
      <EndpointFields id="edit" settings={settings} fields={fields} />
      <div className="acts">
        <Button type="submit" isBusy={isBusy}>
          Save
        </Button>
      </div>
      {!isBusy && !fields && <ToldNotice told={told} />}
    </form>
  )
}
