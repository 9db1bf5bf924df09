'use client'

import { type ComponentProps, useState } from 'react'
import { AreaField } from '../_ui/field'

/** From how much of the limit on the rest is counted. */
const NEAR = 0.8

interface Limit {
  /** Characters, or lines that say something. */
  of: 'characters' | 'lines'
  most: number
}

/** A text that has a limit, told once it comes near. Typing more is not stopped: what was pasted must not lose its end unseen. */
export function CountedArea({
  limit,
  hint,
  ...area
}: Omit<ComponentProps<typeof AreaField>, 'onInput'> & { limit: Limit }) {
  const [count, setCount] = useState(() => countOf(String(area.defaultValue ?? ''), limit.of))
  const told = leftText(count, limit) ?? hint
  return (
    <AreaField
      {...area}
      {...(told !== undefined && { hint: told })}
      onInput={(event) => setCount(countOf(event.currentTarget.value, limit.of))}
    />
  )
}

function countOf(text: string, of: Limit['of']): number {
  if (of === 'characters') return text.trim().length
  return text.split('\n').filter((line) => line.trim() !== '').length
}

function leftText(count: number, { most, of }: Limit): string | null {
  if (count < most * NEAR) return null
  return count > most
    ? `${count - most} of ${most} ${of} too many.`
    : `${most - count} of ${most} ${of} left.`
}
