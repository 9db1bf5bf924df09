'use client'

import { type RefObject, useEffect, useRef } from 'react'
import type { Told } from '../_server/told'

/** After a refusal that names fields, the first of them has the focus, so that its sentence is read out. */
export function useFocusOnFault(told: Told): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (told?.ok !== false || !told.fields) return
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [told])
  return form
}

/** The same for a form in the open dialog or fold, which its owner sends by itself. */
export function useFocusOnBadField(fields: Record<string, string> | undefined): void {
  useEffect(() => {
    if (!fields) return
    document.querySelector<HTMLElement>(':is(dialog, details)[open] [aria-invalid="true"]')?.focus()
  }, [fields])
}
