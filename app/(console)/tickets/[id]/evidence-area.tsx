'use client'

import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { EvidenceFormView } from '#lib/wire/views/ticket'
import { ToldNotice } from '../../../_client/told-notice'
import { useTold } from '../../../_client/use-told'
import type { Told } from '../../../_server/told'
import { RollbackPlanForm } from '../../../_ui/ticket/rollback-plan-form'
import { attachEvidence, attachPlan } from './actions'
import { EVIDENCE_FIELDS, type FormedType, isFormedType } from './evidence-fields'
import { EvidenceFile } from './evidence-file'
import { EvidenceForm } from './evidence-form'

interface Part {
  requestId: string
  form: EvidenceFormView
}

/** The form for one item. What was typed stays through refusals and while the page reads itself again. */
export function EvidenceArea({ requestId, form }: Part) {
  return form.type === 'attachment' ? (
    <EvidenceFile requestId={requestId} />
  ) : (
    <TypedEvidence requestId={requestId} form={form} />
  )
}

function TypedEvidence({ requestId, form }: Part) {
  const area = useRef<HTMLDivElement>(null)
  const { type } = form
  const [told, send, isBusy] = useTold((sent: FormData) =>
    isFormedType(type) ? attachEvidence(requestId, type, sent) : attachPlan(requestId, sent),
  )
  const round = useRound(told)
  const errors = told && !told.ok ? told.fields : undefined

  // The first field to correct is where the person goes on.
  useEffect(() => {
    if (errors) area.current?.querySelector<HTMLElement>(TO_CORRECT)?.focus()
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
        <EvidenceForm key={round} type={type} label={form.label} {...part} />
      ) : (
        <RollbackPlanForm key={round} people={form.people} {...part} />
      )}
      {!errors && <ToldNotice told={told} />}
    </div>
  )
}

const TO_CORRECT = '[aria-invalid="true"], fieldset:has(.err) input'

/** Counts what was attached: the form for the next item is a new one, so that none is attached twice by a second press. */
function useRound(told: Told): number {
  const [seen, setSeen] = useState<{ told: Told; round: number }>({ told, round: 0 })
  if (seen.told === told) return seen.round
  const round = told?.ok ? seen.round + 1 : seen.round
  setSeen({ told, round })
  return round
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
