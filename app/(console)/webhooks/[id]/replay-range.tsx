'use client'

import type { FormEvent } from 'react'
import { ToldNotice } from '../../../_client/told-notice'
import { useFocusOnFault } from '../../../_client/use-focus-on-fault'
import { useTold } from '../../../_client/use-told'
import { Button } from '../../../_ui/button'
import { ChoiceField, TextField } from '../../../_ui/field'
import { replayRange } from '../actions'

const CHOICES = [
  {
    value: 'missed',
    label: 'What never arrived: dead letters, and what happened while the endpoint was disabled',
  },
  { value: 'all', label: 'Everything, also what was delivered' },
]

export function ReplayRange({
  endpointId,
  zone,
  from,
  to,
}: {
  endpointId: string
  zone: string
  /** As the clock reads in `zone`. */
  from: string
  to: string
}) {
  const [told, replay, isBusy] = useTold<unknown>(replayRange)
  const form = useFocusOnFault(told)
  const fields = told?.ok === false ? told.fields : undefined
  return (
    <form
      ref={form}
      className="form"
      noValidate
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault()
        const data = new FormData(event.currentTarget)
        const [start, end, which] = [data.get('from'), data.get('to'), data.get('which')]
        replay({ endpointId, from: start, to: end, which: which ?? undefined })
      }}
    >
      <TextField
        id="replay-from"
        name="from"
        label="What happened from"
        hint={`In ${zone}`}
        type="datetime-local"
        width={3}
        defaultValue={from}
        error={fields?.['from']}
      />
      <TextField
        id="replay-to"
        name="to"
        label="To"
        hint="At most 31 days later"
        type="datetime-local"
        width={3}
        defaultValue={to}
        error={fields?.['to']}
      />
      <ChoiceField legend="Send again" name="which" choices={CHOICES} error={fields?.['which']} />
      <div className="acts">
        <Button type="submit" isBusy={isBusy}>
          Send the range again
        </Button>
      </div>
      {!isBusy && !fields && <ToldNotice told={told} />}
    </form>
  )
}
