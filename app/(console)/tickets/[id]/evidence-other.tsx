'use client'

import { useState } from 'react'
import type { EvidenceFormView } from '#lib/wire/views/ticket'
import { SelectField } from '../../../_ui/field'
import { EvidenceArea } from './evidence-area'

/** Anything that the checklist does not wait for. A form that was begun is kept while another type is looked at. */
export function OtherEvidence({
  requestId,
  forms,
}: {
  requestId: string
  forms: readonly EvidenceFormView[]
}) {
  const [chosen, setChosen] = useState('')
  const [begun, setBegun] = useState<readonly string[]>([])
  const choose = (type: string) => {
    setChosen(type)
    if (type !== '' && !begun.includes(type)) setBegun([...begun, type])
  }
  return (
    <div className="stack">
      <div className="form">
        <SelectField
          id="other-evidence"
          label="What it is"
          width={3}
          value={forms.some(({ type }) => type === chosen) ? chosen : ''}
          onChange={(event) => choose(event.currentTarget.value)}
          options={[
            { value: '', label: 'Choose what to attach' },
            ...forms.map(({ type, label }) => ({ value: type, label })),
          ]}
        />
      </div>
      {forms
        .filter(({ type }) => begun.includes(type))
        .map((form) => (
          <div key={form.type} hidden={form.type !== chosen}>
            <EvidenceArea requestId={requestId} form={form} />
          </div>
        ))}
    </div>
  )
}
