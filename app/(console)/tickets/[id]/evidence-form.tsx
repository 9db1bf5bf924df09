import { type FormEventHandler, useSyncExternalStore } from 'react'
import { CountedArea } from '../../../_client/counted-area'
import { Button } from '../../../_ui/button'
import { ChoiceField, TextField } from '../../../_ui/field'
import { EVIDENCE_FIELDS, type EvidenceField, type FormedType } from './evidence-fields'

const MOST_CHARACTERS = 4_000
const MOST_LINES = 50

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
  const zone = useZone()
  const { name, label, kind, width, hint } = field
  const common = {
    id: `${type}-${name}`,
    name,
    label,
    error,
    required: !field.isOptional && !field.isUnasked,
    ...(hint && { hint }),
    ...(width && { width }),
  }
  switch (kind) {
    case 'area':
      return (
        <CountedArea {...common} rows={3} limit={{ of: 'characters', most: MOST_CHARACTERS }} />
      )
    case 'lines':
      return <CountedArea {...common} rows={3} limit={{ of: 'lines', most: MOST_LINES }} />
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
      return (
        <TextField
          {...common}
          type="datetime-local"
          hint={zone === '' ? 'By your own clock.' : `By your own clock, ${zone}.`}
        />
      )
    case 'number':
      return <TextField {...common} inputMode="numeric" />
    case 'bytes':
    case 'text':
      return <TextField {...common} isBytes={kind === 'bytes'} />
  }
}

/** The zone that the browser tells times in: "Europe/Berlin". The server, which does not know it, says nothing. */
function useZone(): string {
  return useSyncExternalStore(never, browserZone, noZone)
}

function never(): () => void {
  return () => undefined
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

function noZone(): string {
  return ''
}
