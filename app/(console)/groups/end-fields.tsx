'use client'

import { useState } from 'react'
import { DAY_MS, MINUTE_MS } from '#lib/core/durations'
import type { Clock } from '#lib/wire/clock'
import { instantOfLocal, localOfInstant } from '#lib/wire/local-time'
import type { NotDone } from '../../_server/told'
import { SelectField, TextField } from '../../_ui/field'

const CHOICES = [
  { value: 'open', label: 'Until somebody ends it' },
  { value: 'today', label: 'Until the end of today' },
  { value: 'week', label: 'For a week' },
  { value: 'at', label: 'Until a time I choose' },
] as const
type Choice = (typeof CHOICES)[number]['value']

export interface End {
  choice: Choice
  setChoice: (choice: Choice) => void
  local: string
  setLocal: (local: string) => void
  /** RFC 3339; null: none. */
  until: string | null
  /** A time has to be chosen, and is none. */
  missing: () => NotDone | null
}

/** When a membership ends, by the clock of the page. */
export function useEnd(clock: Clock, first: Choice = 'open'): End {
  const now = Date.parse(clock.now)
  const [choice, setChoice] = useState<Choice>(first)
  const [local, setLocal] = useState(localOfInstant(now + DAY_MS, clock.zone))
  const at = endOf(choice, { now, zone: clock.zone, local })
  return {
    choice,
    setChoice,
    local,
    setLocal,
    until: at === null || Number.isNaN(at) ? null : new Date(at).toISOString(),
    missing: () => (Number.isNaN(at) ? NO_TIME : null),
  }
}

function endOf(
  choice: Choice,
  { now, zone, local }: { now: number; zone: string; local: string },
): number | null {
  switch (choice) {
    case 'open':
      return null
    case 'today':
      return instantOfLocal(`${localOfInstant(now, zone).slice(0, 10)}T23:59`, zone)
    case 'week':
      return Math.floor(now / MINUTE_MS) * MINUTE_MS + 7 * DAY_MS
    case 'at':
      return instantOfLocal(local, zone)
  }
}

const NO_TIME: NotDone = {
  ok: false,
  title: 'Not yet',
  text: 'Enter a day and a time.',
  fields: { until: 'Enter a day and a time.' },
}

export function EndFields({
  id,
  end,
  zone,
  error,
}: {
  id: string
  end: End
  zone: string
  error?: string | undefined
}) {
  return (
    <>
      <SelectField
        id={`${id}-how-long`}
        label="How long"
        width={3}
        value={end.choice}
        onChange={({ currentTarget: { value } }) => {
          const choice = CHOICES.find((each) => each.value === value)
          if (choice) end.setChoice(choice.value)
        }}
        options={CHOICES}
      />
      {end.choice === 'at' && (
        <TextField
          id={`${id}-until`}
          label="Until"
          hint={`In ${zone}`}
          type="datetime-local"
          width={3}
          value={end.local}
          onChange={({ currentTarget: { value } }) => end.setLocal(value)}
          error={error}
        />
      )}
    </>
  )
}
