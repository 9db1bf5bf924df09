'use client'

import { type FormEvent, useState } from 'react'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { AreaField } from '../../_ui/field'
import { saveRouting } from './actions'

/** The routing as text: it is read as it is written, each error names its line, and nothing typed is lost to one. */
export function RoutingEditor({
  source,
  ordinal,
  isNewest,
}: {
  source: string
  /** Of the version it starts from; null: there is none. */
  ordinal: number | null
  isNewest: boolean
}) {
  const [typed, setTyped] = useState(source)
  const [told, save, isBusy] = useTold<string>((text) => saveRouting({ source: text }))
  const form = useFocusOnFault(told)
  const isRefused = told !== null && !told.ok
  return (
    <form
      ref={form}
      className="form"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        save(typed)
      }}
    >
      <AreaField
        id="routing-source"
        name="source"
        label="Routing"
        hint={hintOf(ordinal, isNewest)}
        isBytes
        rows={Math.min(Math.max(typed.split('\n').length + 1, 8), 28)}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        error={isRefused ? told.fields?.['source'] : undefined}
      />
      <div className="acts">
        <Button type="submit" isBusy={isBusy}>
          Save as a new version
        </Button>
      </div>
      {!isBusy && !(isRefused && told.fields) && <ToldNotice told={told} />}
    </form>
  )
}

function hintOf(ordinal: number | null, isNewest: boolean): string {
  if (ordinal === null) return 'None is saved yet: no held request is announced.'
  return isNewest
    ? `Version ${ordinal}, which counts now. Requests that are open are announced by a new one too.`
    : `Started from version ${ordinal}. Saving it makes it the newest.`
}
