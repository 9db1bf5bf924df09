'use client'

import { useState } from 'react'
import type { CallerPageView } from '#lib/wire/views/callers'
import type { PersonView, ProofWays } from '#lib/wire/views/common'
import { ProveForm } from '../../../_client/proof/prove-form'
import { useProved } from '../../../_client/proof/use-proved'
import { ChangedNotice } from '../../../_ui/changed-notice'
import { type CallerChanged, changeCaller, checkCaller } from '../actions'
import { CallerFields, factsOf } from '../caller-fields'

/** What is registered, to be changed: what adds anything waits for another admin. */
export function EditCaller({
  caller,
  owners,
  ways,
}: {
  caller: CallerPageView
  owners: readonly PersonView[]
  ways: ProofWays
}) {
  const { id, name, ownerId, environments, roles, audience } = caller
  const [facts, setFacts] = useState({
    name,
    // Whoever left is nobody to choose.
    owner: caller.hasOwnerLeft ? '' : ownerId,
    environments: environments.join(', '),
    roles: roles.join(', '),
    audience,
  })
  const [changed, setChanged] = useState<Extract<CallerChanged, { ok: true }> | null>(null)
  const change = { kind: 'callers.change' as const, caller: id, ...factsOf(facts) }
  const proved = useProved(
    { action: 'change', change },
    async (proof) => {
      const done = await changeCaller({ change, proof })
      setChanged(done.ok ? done : null)
      return done.ok ? null : done
    },
    () => checkCaller(change),
  )
  const fields = proved.told?.ok === false ? proved.told.fields : undefined
  return (
    <div className="stack">
      <ProveForm id="edit" verb="Save" ways={ways} proved={proved}>
        <CallerFields id="edit" facts={facts} owners={owners} fields={fields} onChange={setFacts} />
      </ProveForm>
      <ChangedNotice changed={changed} />
    </div>
  )
}
