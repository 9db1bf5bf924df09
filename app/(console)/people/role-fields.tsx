'use client'

import type { Role } from '#lib/wire/change'
import { ROLE_CHOICES } from './role-words'

/** A box for each role, with what it is good for. */
export function RoleFields({
  legend,
  chosen,
  onChange,
}: {
  legend: string
  chosen: readonly Role[]
  onChange: (roles: Role[]) => void
}) {
  return (
    <fieldset>
      <legend className="legend">{legend}</legend>
      {ROLE_CHOICES.map(({ role, label, may }) => (
        <label key={role} className="choice">
          <input
            type="checkbox"
            name="roles"
            value={role}
            checked={chosen.includes(role)}
            onChange={({ currentTarget: { checked } }) =>
              onChange(checked ? [...chosen, role] : chosen.filter((other) => other !== role))
            }
          />
          <span>
            {label}
            <span className="hint">{may}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
