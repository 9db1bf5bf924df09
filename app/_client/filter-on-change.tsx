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
    // What is not narrowed is not in the address.
    const onFormData = ({ formData }: FormDataEvent) => {
      for (const [name, value] of [...formData]) if (value === '') formData.delete(name)
    }
    form.addEventListener('change', onChange)
    form.addEventListener('formdata', onFormData)
    return () => {
      form.removeEventListener('change', onChange)
      form.removeEventListener('formdata', onFormData)
    }
  }, [formId])
  return null
}
