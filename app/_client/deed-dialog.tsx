'use client'

import { type FormEvent, type ReactNode, useState } from 'react'
import type { Told } from '../_server/told'
import { Button, type ButtonKind } from '../_ui/button'
import { AreaField } from '../_ui/field'
import { Modal } from './modal'
import { ToldNotice } from './told-notice'
import { useTold } from './use-told'

const MOST_REASON = 500

/** A deed that ends something, with its reason: a button, and a dialog that says what follows. */
export function DeedDialog({
  id,
  kind = 'reject',
  label,
  labelEnd,
  title,
  keepLabel,
  reason,
  act,
  children,
}: {
  id: string
  kind?: ButtonKind
  /** Of the deed, and of the button that opens the dialog: buttons keep the word. */
  label: string
  /** What the button is about, where many of them stand on a page: read out, not shown. */
  labelEnd?: string
  title: string
  /** Closes without doing it: "Keep the grant". */
  keepLabel: string
  /** Label of the field for a reason; null where none is kept. */
  reason: { label: string; isRequired: boolean } | null
  act: (form: FormData) => Promise<Told>
  /** What follows from it. */
  children: ReactNode
}) {
  const [isOpen, setOpen] = useState(false)
  const [told, send, isBusy] = useTold(act)
  const isRefused = told !== null && !told.ok

  return (
    <>
      <Button kind={kind} size="small" onClick={() => setOpen(true)}>
        {label}
        {labelEnd && <span className="vh"> {labelEnd}</span>}
      </Button>
      <Modal
        id={id}
        title={title}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{keepLabel}</Button>
            <Button kind="reject" type="submit" form={`${id}-form`} isBusy={isBusy}>
              {label}
            </Button>
          </>
        }
      >
        <p>{children}</p>
        <form
          id={`${id}-form`}
          noValidate
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault()
            send(new FormData(event.currentTarget))
          }}
        >
          {reason && (
            <AreaField
              id={`${id}-reason`}
              name="reason"
              label={reason.label}
              rows={2}
              maxLength={MOST_REASON}
              required={reason.isRequired}
              error={isRefused ? told.fields?.['reason'] : undefined}
            />
          )}
        </form>
        {isRefused && !told.fields && <ToldNotice told={told} />}
      </Modal>
    </>
  )
}
