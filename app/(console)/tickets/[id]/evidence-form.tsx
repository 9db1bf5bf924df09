import type { FormEventHandler } from 'react'
import { Button } from '../../../_ui/button'
import { AreaField, ChoiceField, TextField } from '../../../_ui/field'
import { EVIDENCE_FIELDS, type EvidenceField, type FormedType } from './evidence-fields'

/** A plain form for one item of evidence, drawn from the table of its fields. */
export function EvidenceForm({
  type,
  label,
  errors,
  isBusy,
  onSubmit,
}: {
  type: FormedType
  /** "Backup" */
  label: string
  errors: Record<string, string>
  isBusy: boolean
  onSubmit: FormEventHandler<HTMLFormElement>
}) {
  return (
    <form className="form" noValidate onSubmit={onSubmit}>
      {EVIDENCE_FIELDS[type].map((field) => (
        <Field key={field.name} type={type} field={field} error={errors[field.name]} />
      ))}
      <div className="form-end">
        <Button type="submit" isBusy={isBusy}>
          Attach {label.toLowerCase()}
        </Button>
      </div>
    </form>
  )
}

function Field({
  type,
  field,
  error,
}: {
  type: FormedType
  field: EvidenceField
  error: string | undefined
}) {
  const { name, label, kind, width } = field
  const common = {
    id: `${type}-${name}`,
    name,
    label,
    error,
    required: !field.isOptional,
    ...(width && { width }),
  }
  switch (kind) {
    case 'area':
    case 'lines':
      return <AreaField {...common} rows={3} />
    case 'yes_no':
      return (
        <ChoiceField
          legend={label}
          name={name}
          choices={[
            { value: 'yes', label: 'Yes' },
            { value: 'no', label: 'No' },
          ]}
          isRequired
          error={error}
          {...(width && { width })}
        />
      )
    case 'time':
      return <TextField {...common} type="datetime-local" />
    case 'number':
      return <TextField {...common} inputMode="numeric" />
    case 'bytes':
    case 'text':
      return <TextField {...common} isBytes={kind === 'bytes'} />
  }
}
