'use client'

import { useEffect } from 'react'

/** Long enough for what it marks to have been drawn. */
const AFTER_MS = 2_000

/** Takes a mark out of the address once the page has shown it, so that loading it again does not show it again. */
export function ForgetQuery({ name, value }: { name: string; value: string | null }) {
  useEffect(() => {
    if (value === null) return
    const timer = setTimeout(() => {
      const url = new URL(location.href)
      url.searchParams.delete(name)
      history.replaceState(null, '', url)
    }, AFTER_MS)
    return () => clearTimeout(timer)
  }, [name, value])
  return null
}
