import type { FormEventHandler, ReactNode } from 'react'
import type { PersonView } from '#lib/wire/views/common'
import { CountedArea } from '../../_client/counted-area'
import { Button } from '../button'
import { ChoiceField, SelectField, TextField } from '../field'

const MOST_STEPS = 50

export type RollbackPlanField = 'steps' | 'owner' | 'minutes' | 'previous_version' | 'tested'

/** A form posts to an address or to a server action. */
export type FormAction = string | ((form: FormData) => void | Promise<void>)

/** A plan to go back: what, by whom, in how long, to which version, and whether its steps were run before. */
export function RollbackPlanForm({
  action,
  onSubmit,
  people,
  values = {},
  errors = {},
  isBusy = false,
  children,
}: {
  action?: FormAction
  /** In place of posting. Nothing is reset, so that what was typed stays. */
  onSubmit?: FormEventHandler<HTMLFormElement>
  people: readonly PersonView[]
  /** What was typed before, kept after a refusal. */
  values?: Partial<Record<RollbackPlanField, string>>
  errors?: Partial<Record<RollbackPlanField, string>>
  isBusy?: boolean
  /** Hidden fields and a notice. */
  children?: ReactNode
}) {
  return (
    <form
      className="form"
      method={typeof action === 'string' ? 'post' : undefined}
      action={action}
      onSubmit={onSubmit}
      noValidate={onSubmit !== undefined}
    >
      {children}
      <CountedArea
        id="plan-steps"
        name="steps"
        label="Steps, one a line"
        rows={4}
        required
        limit={{ of: 'lines', most: MOST_STEPS }}
        placeholder="Point the router back at the previous version"
        defaultValue={values.steps}
        error={errors.steps}
      />
      <SelectField
        id="plan-owner"
        name="owner"
        label="Who carries it out"
        width={2}
        required
        options={[
          { value: '', label: 'Choose a person' },
          ...people.map((person) => ({ value: person.id, label: person.name })),
        ]}
        defaultValue={values.owner ?? ''}
        error={errors.owner}
      />
      <TextField
        id="plan-minutes"
        name="minutes"
        label="Time it takes, in minutes"
        width={2}
        required
        inputMode="numeric"
        defaultValue={values.minutes}
        error={errors.minutes}
      />
      <TextField
        id="plan-previous-version"
        name="previous_version"
        label="Version to go back to"
        width={2}
        required
        isBytes
        defaultValue={values.previous_version}
        error={errors.previous_version}
      />
      <ChoiceField
        legend="Were these steps run before?"
        name="tested"
        width={3}
        isRequired
        choices={[
          { value: 'yes', label: 'Yes' },
          { value: 'no', label: 'No' },
        ]}
        chosen={values.tested ? [values.tested] : []}
        error={errors.tested}
      />
      <div className="w3 form-end">
        <Button type="submit" isBusy={isBusy}>
          Attach rollback plan
        </Button>
      </div>
    </form>
  )
}
