'use client'

import type { PersonView } from '#lib/wire/views/common'
import { SelectField, TextField } from '../../_ui/field'

/** As typed: lists are words with commas between. */
export interface CallerFacts {
  name: string
  owner: string
  environments: string
  roles: string
  audience: string
}

/** What is registered about a caller, kept by whoever shows it, so that nothing typed is lost. */
export function CallerFields({
  id,
  facts,
  owners,
  fields,
  onChange,
}: {
  /** Of the form: each page may have more than one. */
  id: string
  facts: CallerFacts
  owners: readonly PersonView[]
  /** What is wrong with them, by name. */
  fields: Record<string, string> | undefined
  onChange: (facts: CallerFacts) => void
}) {
  const text = (member: keyof CallerFacts) => ({
    id: `${id}-${member}`,
    value: facts[member],
    onChange: ({ target }: { target: { value: string } }) =>
      onChange({ ...facts, [member]: target.value }),
    error: fields?.[member],
  })
  const bytes = { isBytes: true, autoComplete: 'off', spellCheck: false } as const
  return (
    <>
      <TextField
        {...text('name')}
        {...bytes}
        label="Name"
        hint="As tickets show it, such as ci-release."
        width={3}
      />
      <SelectField
        {...text('owner')}
        label="Owner"
        hint="Answers for it, and never votes on what it asks for."
        width={3}
        options={[
          { value: '', label: 'Choose who' },
          ...owners.map((owner) => ({ value: owner.id, label: owner.name })),
        ]}
      />
      <TextField
        {...text('environments')}
        {...bytes}
        label="Environments"
        hint="Where it may act, by its name in policy."
        placeholder="production, staging"
        width={3}
      />
      <TextField
        {...text('audience')}
        {...bytes}
        label="Runtime"
        hint="Audience of its tokens: the program that enforces."
        placeholder="deploy-runner"
        width={3}
      />
      <TextField
        {...text('roles')}
        {...bytes}
        label="Roles (optional)"
        hint="What policy may ask of it."
        placeholder="deployer"
      />
    </>
  )
}

/** What the fields say, as a change takes it. */
export function factsOf({ name, owner, environments, roles, audience }: CallerFacts) {
  return { name, owner, environments: words(environments), roles: words(roles), audience }
}

function words(text: string): string[] {
  return text.split(/[\s,]+/u).filter(Boolean)
}
