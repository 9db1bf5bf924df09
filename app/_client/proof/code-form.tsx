'use client'

import { type ClipboardEvent, type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { Button } from '../../_ui/button'
import { CodeField } from '../../_ui/field'
import { closedUp, pastedDigits } from './code-digits'

/** Six digits from an authenticator; typed, filled in by the phone, or pasted with spaces in it. */
export function CodeForm({
  id,
  label,
  onSend,
  error,
  isBusy,
  children,
}: {
  id: string
  /** The deed: "Approve with code". */
  label: string
  onSend: (form: FormData) => void
  error: string | undefined
  isBusy: boolean
  /** Above the field: what is signed. */
  children?: ReactNode
}) {
  const form = useRef<HTMLFormElement>(null)

  // A code that was refused is of no use: it is selected, so that the next one replaces it.
  useEffect(() => {
    if (error) form.current?.querySelector('input')?.select()
  }, [error])

  return (
    <form
      ref={form}
      className="stack"
      noValidate
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault()
        onSend(new FormData(event.currentTarget))
      }}
    >
      {children}
      <CodeField
        id={id}
        name="code"
        label="Code from your authenticator"
        required
        error={error}
        enterKeyHint="go"
        onPaste={pasteDigits}
        onInput={closeUp}
      />
      <Button kind="sign" size="large" isWide type="submit" icon="code" isBusy={isBusy}>
        {label}
      </Button>
    </form>
  )
}

function pasteDigits(event: ClipboardEvent<HTMLInputElement>): void {
  const digits = pastedDigits(event)
  if (digits !== null) event.currentTarget.value = digits
}

/** Typed or filled in as it is shown, with a space in the middle. */
function closeUp({ currentTarget: field }: FormEvent<HTMLInputElement>): void {
  const text = closedUp(field.value)
  if (text !== field.value) field.value = text
}
