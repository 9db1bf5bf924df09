import type { ComponentProps, ReactNode } from 'react'
import { Icon } from './icon'

interface FieldProps {
  /** Also the base of the ids of hint and error. */
  id: string
  label: string
  hint?: string
  /** A sentence that says what to type instead. What was typed is kept by the caller's `defaultValue`. */
  error?: string | undefined
  /** Sixths of the form: 2, 3 or the whole row. */
  width?: 2 | 3
}

export function TextField({
  id,
  label,
  hint,
  error,
  width,
  isBytes = false,
  suffix,
  ...input
}: FieldProps & { isBytes?: boolean; suffix?: string } & Omit<ComponentProps<'input'>, 'width'>) {
  const control = (
    <input
      type="text"
      {...input}
      {...describedBy(id, hint, error)}
      id={id}
      className={isBytes ? 'input bytes-in' : 'input'}
    />
  )
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} width={width}>
      {suffix ? (
        <div className="suffix">
          {control}
          <span aria-hidden="true">{suffix}</span>
        </div>
      ) : (
        control
      )}
    </FieldFrame>
  )
}

/** Six digits, from an authenticator. No longest length: it would cut the last digit off what is filled in or pasted as "418 203". */
export function CodeField({
  id,
  label,
  hint,
  error,
  width,
  ...input
}: FieldProps & Omit<ComponentProps<'input'>, 'width'>) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} width={width}>
      <input
        {...input}
        {...describedBy(id, hint, error)}
        id={id}
        type="text"
        className="input code-in"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9]{6}"
        placeholder="000000"
      />
    </FieldFrame>
  )
}

export function AreaField({
  id,
  label,
  hint,
  error,
  width,
  isBytes = false,
  ...area
}: FieldProps & { isBytes?: boolean } & Omit<ComponentProps<'textarea'>, 'width'>) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} width={width}>
      <textarea
        {...area}
        {...describedBy(id, hint, error)}
        id={id}
        className={isBytes ? 'area bytes-in' : 'area'}
      />
    </FieldFrame>
  )
}

export function SelectField({
  id,
  label,
  hint,
  error,
  width,
  options,
  ...select
}: FieldProps & { options: readonly { value: string; label: string }[] } & Omit<
    ComponentProps<'select'>,
    'width'
  >) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} width={width}>
      <select {...select} {...describedBy(id, hint, error)} id={id} className="select">
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  )
}

/** One of several, or any of several. No choice is made for the person. */
export function ChoiceField({
  legend,
  name,
  type = 'radio',
  width,
  choices,
  chosen = [],
  error,
  isRequired = false,
}: {
  legend: string
  name: string
  type?: 'radio' | 'checkbox'
  width?: 2 | 3
  choices: readonly { value: string; label: ReactNode }[]
  /** What was chosen when the form came back with an error. */
  chosen?: readonly string[]
  error?: string | undefined
  isRequired?: boolean
}) {
  return (
    <fieldset
      className={width ? `w${width}` : undefined}
      aria-describedby={error ? `${name}-error` : undefined}
    >
      <legend className="legend">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="choice">
          <input
            type={type}
            name={name}
            value={choice.value}
            defaultChecked={chosen.includes(choice.value)}
            required={isRequired}
            aria-invalid={error ? true : undefined}
          />
          <span>{choice.label}</span>
        </label>
      ))}
      {error && <FieldError id={`${name}-error`} text={error} />}
    </fieldset>
  )
}

function FieldFrame({
  id,
  label,
  hint,
  error,
  width,
  children,
}: FieldProps & { children: ReactNode }) {
  const classes = ['field', width && `w${width}`, error && 'bad']
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && <FieldError id={`${id}-error`} text={error} />}
    </div>
  )
}

function FieldError({ id, text }: { id: string; text: string }) {
  return (
    <p className="err" id={id}>
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  )
}

function describedBy(id: string, hint?: string, error?: string) {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return { 'aria-describedby': ids || undefined, 'aria-invalid': error ? true : undefined }
}
