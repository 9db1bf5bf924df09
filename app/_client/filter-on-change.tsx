'use client'

import { useEffect } from 'react'

/** A filter that is chosen applies at once, as with a search that is entered. Without script its button does. */
export function FilterOnChange({ formId }: { formId: string }) {
  useEffect(() => {
    const form = document.getElementById(formId)
    if (!(form instanceof HTMLFormElement)) return
    const onChange = ({ target }: Event) => {
      if (target instanceof HTMLSelectElement) form.requestSubmit()
    }
    form.addEventListener('change', onChange)
    return () => form.removeEventListener('change', onChange)
  }, [formId])
  return null
}
