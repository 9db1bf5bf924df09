'use client'

import { useState } from 'react'
import type { CallerKindView } from '#lib/wire/views/callers'
import type { PersonView } from '#lib/wire/views/common'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { SelectField } from '../../_ui/field'
import { changeCaller } from './actions'
import { type CallerFacts, CallerFields, factsOf } from './caller-fields'
import { KIND_WORDS } from './words'

const EMPTY: CallerFacts = { name: '', owner: '', environments: '', roles: '', audience: '' }
const KINDS = Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label }))

/** A new caller; its page comes next, since without a key it can ask for nothing. */
export function RegisterCaller({ owners }: { owners: readonly PersonView[] }) {
  const [facts, setFacts] = useState(EMPTY)
  const [kind, setKind] = useState<string>('ci_job' satisfies CallerKindView)
  const [told, register, isBusy] = useTold(async () => {
    const change = { kind: 'callers.create', callerKind: kind, ...factsOf(facts) }
    const done = await changeCaller({ change, proof: null })
    if (done.ok && done.callerId !== null) location.assign(`/callers/${done.callerId}`)
    return done
  })
  const form = useFocusOnFault(told)
  const fields = told?.ok === false ? told.fields : undefined
  return (
    <form ref={form} className="form" noValidate action={() => register()}>
      <SelectField
        id="register-kind"
        label="Kind"
        width={3}
        options={KINDS}
        value={kind}
        onChange={({ target }) => setKind(target.value)}
      />
      <CallerFields
        id="register"
        facts={facts}
        owners={owners}
        fields={fields}
        onChange={setFacts}
      />
      <div className="acts">
        <Button type="submit" isBusy={isBusy}>
          Register the caller
        </Button>
      </div>
      {!isBusy && !fields && <ToldNotice told={told} />}
    </form>
  )
}
