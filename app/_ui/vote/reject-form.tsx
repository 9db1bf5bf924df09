import type { FormEventHandler, ReactNode } from 'react'
import type { RejectReasonView } from '#lib/wire/views/vote'
import { Button } from '../button'
import { ChoiceField, TextField } from '../field'
import type { FormAction } from '../ticket/rollback-plan-form'

/** A reason, a note, one deed. No reason is chosen beforehand. */
export function RejectForm({
  action,
  onSubmit,
  reasons,
  error,
  note,
  isBusy = false,
  hint = 'Rejecting needs no second factor.',
  children,
}: {
  action?: FormAction
  /** In place of posting. Nothing is reset, so that what was typed stays. */
  onSubmit?: FormEventHandler<HTMLFormElement>
  reasons: readonly RejectReasonView[]
  error?: string | undefined
  /** What was typed before, kept after a refusal. */
  note?: string
  isBusy?: boolean
  /** What it takes. */
  hint?: string
  /** Hidden fields and a notice. */
  children?: ReactNode
}) {
  return (
    <form
      className="stack"
      method={typeof action === 'string' ? 'post' : undefined}
      action={action}
      onSubmit={onSubmit}
      noValidate={onSubmit !== undefined}
    >
      {children}
      <ChoiceField
        legend="Reason, sent to the caller"
        name="reason"
        choices={reasons.map((reason) => ({ value: reason.code, label: reason.label }))}
        isRequired
        error={error}
      />
      <TextField
        id="reject-note"
        name="note"
        label="Anything to add"
        maxLength={280}
        defaultValue={note}
      />
      <Button kind="reject" size="large" isWide type="submit" isBusy={isBusy}>
        Reject, nothing will run
      </Button>
      <p className="hint">{hint}</p>
    </form>
  )
}
