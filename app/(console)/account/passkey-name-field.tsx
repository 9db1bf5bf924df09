import { TextField } from '../../_ui/field'

/** What a person calls a passkey of theirs, so that they know later which one it is. */
export function PasskeyNameField({
  id,
  name,
  setName,
  hint,
  error,
}: {
  id: string
  name: string
  setName: (name: string) => void
  hint?: string
  error: string | undefined
}) {
  return (
    <TextField
      id={id}
      label="What you call it"
      {...(hint !== undefined && { hint })}
      width={3}
      value={name}
      maxLength={60}
      autoComplete="off"
      onChange={(event) => setName(event.target.value)}
      error={error}
    />
  )
}
