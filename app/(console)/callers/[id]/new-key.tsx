'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { CallerPageView } from '#lib/wire/views/callers'
import { Modal } from '../../../_client/modal'
import { ProveForm } from '../../../_client/proof/prove-form'
import { useProved } from '../../../_client/proof/use-proved'
import { Button } from '../../../_ui/button'
import { SelectField, TextField } from '../../../_ui/field'
import { type CallerChanged, changeCaller, checkCaller } from '../actions'
import { KEY_WORDS } from '../words'

const KINDS = (['agent', 'runtime'] as const).map((value) => ({
  value,
  label: `${KEY_WORDS[value].name}: ${KEY_WORDS[value].may}`,
}))
const EMPTY = { keyKind: 'agent', name: '', days: '90', replaces: '', hours: '24' }

/** A key of a kind, for so long, beside or in place of another. */
export function NewKey({
  caller: { id, name, keys, ways },
  clock,
  onDone,
}: {
  caller: CallerPageView
  clock: Clock
  onDone: (changed: Extract<CallerChanged, { ok: true }>) => void
}) {
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState(EMPTY)
  const change = {
    kind: 'callers.add_key' as const,
    caller: id,
    keyKind: typed.keyKind === 'runtime' ? ('runtime' as const) : ('agent' as const),
    name: typed.name,
    days: typed.days.trim() === '' ? null : Number(typed.days),
    replaces: typed.replaces === '' ? null : { key: typed.replaces, hours: Number(typed.hours) },
  }
  const proved = useProved(
    { action: 'change', change },
    async (proof) => {
      const done = await changeCaller({ change, proof })
      if (!done.ok) return done
      setOpen(false)
      setTyped(EMPTY)
      onDone(done)
      return null
    },
    () => checkCaller(change),
  )
  const fields = proved.told?.ok === false ? proved.told.fields : undefined
  const field = (member: keyof typeof EMPTY) => ({
    id: `key-${member}`,
    value: typed[member],
    onChange: ({ target }: { target: { value: string } }) =>
      setTyped({ ...typed, [member]: target.value }),
    error: fields?.[member],
  })
  const live = keys.filter(({ isLive, kind }) => isLive && kind === typed.keyKind)
  return (
    <>
      <div className="acts">
        <Button size="small" onClick={() => setOpen(true)}>
          Make a key
        </Button>
      </div>
      <Modal
        id="new-key"
        title={`A key for ${name}`}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      >
        <p>
          Its secret is shown once. Where the caller may do what is dangerous, it works once another
          admin approved it.
        </p>
        <ProveForm id="new-key" verb="Make the key" ways={ways} proved={proved}>
          <SelectField {...field('keyKind')} label="Kind" options={KINDS} />
          <TextField
            {...field('name')}
            label="Where it will be"
            hint="So that people tell keys apart."
            placeholder="runner in eu-west"
            autoComplete="off"
          />
          <TextField
            {...field('days')}
            label="Ends after"
            hint="Empty: when it is revoked."
            suffix="days"
            inputMode="numeric"
            autoComplete="off"
            width={3}
          />
          {live.length > 0 && (
            <SelectField
              {...field('replaces')}
              label="In place of"
              options={[
                { value: '', label: 'No other: beside them' },
                ...live.map((key) => ({
                  value: key.id,
                  label: `${key.name}, made ${timeText(key.madeAt, 'day', clock)}`,
                })),
              ]}
            />
          )}
          {typed.replaces !== '' && (
            <TextField
              {...field('hours')}
              error={fields?.['replaces']}
              label="Both work for"
              hint="From when the new one works. Then the old one ends."
              suffix="hours"
              inputMode="numeric"
              autoComplete="off"
              width={3}
            />
          )}
        </ProveForm>
      </Modal>
    </>
  )
}
