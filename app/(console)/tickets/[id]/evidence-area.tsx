'use client'

import { type FormEvent, useEffect, useRef } from 'react'
import type { EvidenceFormView } from '#lib/wire/views'
import { ToldNotice } from '../../../_client/told-notice'
import { useTold } from '../../../_client/use-told'
import { RollbackPlanForm } from '../../../_ui/rollback-plan-form'
import { attachEvidence, attachPlan } from './actions'
import { EVIDENCE_FIELDS, type FormedType, isFormedType } from './evidence-fields'
import { EvidenceForm } from './evidence-form'

/** The form for one item that is missing. What was typed stays through refusals and while the page reads itself again. */
export function EvidenceArea({ requestId, form }: { requestId: string; form: EvidenceFormView }) {
  const area = useRef<HTMLDivElement>(null)
  const { type } = form
  const [told, send, isBusy] = useTold((sent: FormData) =>
    isFormedType(type) ? attachEvidence(requestId, type, sent) : attachPlan(requestId, sent),
  )
  const errors = told && !told.ok ? told.fields : undefined

  // The first field to correct is where the person goes on.
  useEffect(() => {
    if (errors) area.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [errors])

  const part = {
    errors: errors ?? {},
    isBusy,
    onSubmit: (event: FormEvent<HTMLFormElement>) => {
      event.preventDefault()
      send(withZone(type, new FormData(event.currentTarget)))
    },
  }
  return (
    <div ref={area} className="stack">
      {isFormedType(type) ? (
        <EvidenceForm type={type} label={form.label} {...part} />
      ) : (
        <RollbackPlanForm people={form.people} {...part} />
      )}
      {!errors && <ToldNotice told={told} />}
    </div>
  )
}

/** A time is typed by the clock on the person's wall, which only the browser knows: it travels as an instant. */
function withZone(type: string, form: FormData): FormData {
  if (!isFormedType(type)) return form
  for (const { name } of timesOf(type)) {
    const at = new Date(String(form.get(name) ?? ''))
    if (!Number.isNaN(at.getTime())) form.set(name, at.toISOString())
  }
  return form
}

function timesOf(type: FormedType) {
  return EVIDENCE_FIELDS[type].filter(({ kind }) => kind === 'time')
}
