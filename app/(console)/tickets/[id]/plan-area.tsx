'use client'

import { type FormEvent, useEffect, useRef } from 'react'
import type { EvidenceFormView } from '#lib/wire/views'
import { ToldNotice } from '../../../_client/told-notice'
import { useTold } from '../../../_client/use-told'
import { RollbackPlanForm } from '../../../_ui/rollback-plan-form'
import { attachPlan } from './actions'

/** The form for a rollback plan. What was typed stays through refusals and while the page reads itself again. */
export function PlanArea({ requestId, form }: { requestId: string; form: EvidenceFormView }) {
  const area = useRef<HTMLDivElement>(null)
  const [told, send, isBusy] = useTold((plan: FormData) => attachPlan(requestId, plan))
  const errors = told && !told.ok ? told.fields : undefined

  // The first field to correct is where the person goes on.
  useEffect(() => {
    if (errors) area.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors])

  return (
    <div ref={area} className="stack">
      <RollbackPlanForm
        people={form.people}
        errors={errors ?? {}}
        isBusy={isBusy}
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault()
          send(new FormData(event.currentTarget))
        }}
      />
      {!errors && <ToldNotice told={told} />}
    </div>
  )
}
