'use client'

import { useState } from 'react'

/** Copies a text, and whether that worked. */
export function useCopied(text: string): ['' | 'yes' | 'no', () => Promise<void>] {
  const [copied, setCopied] = useState<'' | 'yes' | 'no'>('')
  return [
    copied,
    async () => {
      try {
        await navigator.clipboard.writeText(text)
        setCopied('yes')
      } catch {
        // Not every browser lets a page do it.
        setCopied('no')
      }
    },
  ]
}
